import { type TokenRule, token } from '../token-rule.ts'

/** Tokens of chat, mail and social services. */
export const MESSAGES: readonly TokenRule[] = [
  token(
    'slack-token',
    'Slack',
    [
      'xoxb-{d8,14}-{w18,60}',
      'xoxp-{d8,14}-{w20,90}',
      'xoxa-{w8,90}',
      'xoxr-{w8,90}',
      'xoxs-{d8,14}-{w20,90}',
      'xoxo-{d8,14}-{w20,90}',
      'xoxe-{d1}-{a100,200}',
      'xoxe.xoxp-{d1}-{a100,200}',
      'xoxe.xoxb-{d1}-{a100,200}',
      'xoxc-{d8,14}-{w20,120}',
      'xoxd-{w40,200}',
    ],
    ['xoxb-{d8,14}-{w10}', 'XOXP-{d8,14}-{w20,90}', 'xoxa-{w99}'],
  ),
  token(
    'slack-app-token',
    'Slack',
    ['xapp-{d1}-{u8,14}-{d8,14}-{a32,70}'],
    [
      'xapp-{d1}-{u8,14}-{d8,14}-{a19}',
      'XAPP-{d1}-{u8,14}-{d8,14}-{a32,70}',
      'xapp-{d1}-{u8,14}-{d8,14}-{a79}',
    ],
  ),
  token(
    'discord-bot-token',
    'Discord',
    ['M{a23,27}.{w6,7}.{w27,38}', 'N{a23,27}.{w6,7}.{w27,38}', 'O{a23,27}.{w6,7}.{w27,38}', 'mfa.{w84}'],
    ['M{a23,27}.{w6,7}.{w16}', 'N{a23,27}.{w6,7}.{w47}', 'O{a23,27}.{w6,7}.{w13} {w13}'],
  ),
  token(
    'telegram-bot-token',
    'Telegram',
    ['{d8,10}:AA{w33}'],
    ['{d8,10}:AA{w19}', '{d8,10}:AA{w40}', '{d8,10}:AA{w16} {w16}'],
  ),
  {
    ...token('twilio-key', 'Twilio', ['SK{h32}'], ['SK{h19}', 'SK{h39}', 'SK{h16}!{h16}']),
    confidence: 'medium',
  },
  token(
    'sendgrid-key',
    'SendGrid',
    ['SG.{w16,32}.{w16,64}'],
    ['SG.{w16,32}.{w9}', 'sg.{w16,32}.{w16,64}', 'SG.{w16,32}.{w73}'],
  ),
  token(
    'mailgun-key',
    'Mailgun',
    ['key-{h32}', '{h32}-{h8}-{h8}'],
    ['key-{h19}', '{h39}-{h8}-{h8}', 'key-{h39}'],
  ),
  token(
    'mailchimp-key',
    'Mailchimp',
    ['{h32}-us{d1,2}'],
    ['{h19}-us{d1,2}', '{h39}-us{d1,2}', '{h16}!{h16}-us{d1,2}'],
  ),
  token('mandrill-key', 'Mandrill', ['md-{w22}'], ['md-{w13}', 'MD-{w22}', 'md-{w29}']),
  token(
    'brevo-key',
    'Brevo',
    ['xkeysib-{h64}-{a16}', 'xsmtpsib-{h64}-{a16}'],
    ['xkeysib-{h38}-{a16}', 'XSMTPSIB-{h64}-{a16}', 'xkeysib-{h71}-{a16}'],
  ),
  token('resend-key', 'Resend', ['re_{a8}_{a24}'], ['re_{a8}_{a14}', 'RE_{a8}_{a24}', 're_{a8}_{a31}']),
  token(
    'facebook-token',
    'Facebook',
    ['EAA{a100,400}', '{d15,16}|{w27,40}'],
    ['EAA{a60}', '{d15,16}|{w49}', 'EAA{a409}'],
  ),
  token(
    'instagram-token',
    'Instagram',
    ['IGQ{w80,400}', 'IGAA{w80,400}'],
    ['IGQ{w48}', 'igaa{w80,400}', 'IGQ{w409}'],
  ),
  token(
    'twitter-bearer',
    'X',
    ['AAAAAAAAAAAAAAAAAAAAA{a60,120}', 'AAAAAAAAAAAAAAAAAAAAA{a8,40}%{a40,100}'],
    ['AAAAAAAAAAAAAAAAAAAAA{a36}', 'aaaaaaaaaaaaaaaaaaaaa{a8,40}%{a40,100}', 'AAAAAAAAAAAAAAAAAAAAA{a129}'],
  ),
  token(
    'matrix-token',
    'Matrix',
    ['syt_{a4,80}_{a20}_{a6}'],
    ['syt_{a4,80}_{a12}_{a6}', 'SYT_{a4,80}_{a20}_{a6}', 'syt_{a4,80}_{a27}_{a6}'],
  ),
  token('intercom-token', 'Intercom', ['dG9rO{b50,90}='], ['dG9rO{b30}=', 'dg9rO{b50,90}=', 'dG9rO{b99}=']),
  token('messagebird-key', 'MessageBird', ['live_{a25}'], ['live_{a15}', 'LIVE_{a25}', 'live_{a32}']),
  token('klaviyo-key', 'Klaviyo', ['pk_{h34}'], ['pk_{h20}', 'PK_{h34}', 'pk_{h41}']),
  token(
    'courier-key',
    'Courier',
    ['pk_prod_{u28}', 'dk_prod_{u28}'],
    ['pk_prod_{u16}', 'DK_prod_{u28}', 'pk_prod_{u35}'],
  ),
  token(
    'linkedin-secret',
    'LinkedIn',
    ['WPL_AP1.{a16}.{b6,10}==', 'WPL_AP0.{a16}.{b6,10}=='],
    ['WPL_AP1.{a9}.{b6,10}==', 'wpl_AP0.{a16}.{b6,10}==', 'WPL_AP1.{a23}.{b6,10}=='],
  ),
]
