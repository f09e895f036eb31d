import { type TokenRule, token } from '../token-rule.ts'

/** Keys that move money or goods. */
export const PAYMENTS: readonly TokenRule[] = [
  {
    ...token(
      'stripe-key',
      'Stripe',
      [
        'sk_live_{a20,247}',
        'rk_live_{a20,247}',
        'sk_prod_{a20,247}',
        'sk_test_{a20,247}',
        'rk_test_{a20,247}',
        'sk_org_{a20,247}',
      ],
      ['pk_live_ is the prefix of publishable keys', 'sk_live_yourkeyhere', 'sk_test_...'],
    ),
  },
  token(
    'stripe-webhook-secret',
    'Stripe',
    ['whsec_{b32,64}'],
    ['whsec_{b19}', 'WHSEC_{b32,64}', 'whsec_{b16} {b16}'],
  ),
  token(
    'square-token',
    'Square',
    ['sq0atp-{w22}', 'sq0csp-{w43}', 'sq0idp-{w22}'],
    ['sq0atp-{w13}', 'SQ0csp-{w43}', 'sq0idp-{w29}'],
  ),
  {
    ...token('square-access-token', 'Square', ['EAAA{w60}'], ['EAAA{w36}', 'eaaa{w60}', 'EAAA{w67}']),
    confidence: 'medium',
  },
  token(
    'paypal-token',
    'PayPal',
    [
      ['access_token$production', '{l16}', '{h32}'].join('$'),
      ['access_token$sandbox', '{l16}', '{h32}'].join('$'),
    ],
    [
      ['access_token$production', '{l16}', '{h19}'].join('$'),
      ['ACCESS_token$sandbox', '{l16}', '{h32}'].join('$'),
      ['access_token$production', '{l16}', '{h39}'].join('$'),
    ],
  ),
  token(
    'razorpay-key',
    'Razorpay',
    ['rzp_live_{a14,24}', 'rzp_test_{a14,24}'],
    ['rzp_live_{a8}', 'RZP_test_{a14,24}', 'rzp_live_{a33}'],
  ),
  token(
    'plaid-token',
    'Plaid',
    ['access-production-{uuid}', 'access-development-{uuid}', 'access-sandbox-{uuid}'],
    ['access-production-{h8}-{h4}-{h4}', 'ACCESS-development-{uuid}', 'access-sandbox-{uuid}{h6}'],
  ),
  token(
    'flutterwave-key',
    'Flutterwave',
    ['FLWSECK-{h32}-X', 'FLWSECK_TEST-{h32}-X', 'FLWSECK_TEST-{h12}'],
    ['FLWSECK-{h19}-X', 'flwseck_TEST-{h32}-X', 'FLWSECK_TEST-{h19}'],
  ),
  token('mollie-key', 'Mollie', ['live_{a30}', 'test_{a30}'], ['live_{a18}', 'TEST_{a30}', 'live_{a37}']),
  token('lob-key', 'Lob', ['live_{h35}', 'test_{h35}'], ['live_{h21}', 'TEST_{h35}', 'live_{h42}']),
  token('gocardless-token', 'GoCardless', ['live_{w40}'], ['live_{w24}', 'LIVE_{w40}', 'live_{w47}']),
  token(
    'shippo-key',
    'Shippo',
    ['shippo_live_{h40}', 'shippo_test_{h40}'],
    ['shippo_live_{h24}', 'SHIPPO_test_{h40}', 'shippo_live_{h47}'],
  ),
  token('easypost-key', 'EasyPost', ['EZAK{a54}', 'EZTK{a54}'], ['EZAK{a32}', 'eztk{a54}', 'EZAK{a61}']),
  token(
    'duffel-token',
    'Duffel',
    ['duffel_live_{w43}', 'duffel_test_{w43}'],
    ['duffel_live_{w25}', 'DUFFEL_test_{w43}', 'duffel_live_{w50}'],
  ),
  token(
    'adyen-key',
    'Adyen',
    ['AQE{l1}hm{b80,140}'],
    ['AQE{l1}hm{b48}', 'aqe{l1}hm{b80,140}', 'AQE{l1}hm{b40} {b40}'],
  ),
  token(
    'checkout-key',
    'Checkout.com',
    ['sk_{uuid}', 'sk_test_{uuid}'],
    ['sk_{h8}-{h4}-{h4}', 'SK_test_{uuid}', 'sk_{uuid}{h6}'],
  ),
  token(
    'coinbase-key',
    'Coinbase',
    ['organizations/{uuid}/apiKeys/{uuid}'],
    [
      'organizations/{uuid}/apiKeys/{h8}-{h4}-{h4}',
      'ORGANIZATIONS/{uuid}/apiKeys/{uuid}',
      'organizations/{uuid}/apiKeys/{uuid}{h6}',
    ],
  ),
  token(
    'paddle-key',
    'Paddle',
    ['pdl_live_apikey_{l26}_{a22}_{a3}', 'pdl_sdbx_apikey_{l26}_{a22}_{a3}'],
    [
      'pdl_live_apikey_{l15}_{a22}_{a3}',
      'PDL_sdbx_apikey_{l26}_{a22}_{a3}',
      'pdl_live_apikey_{l33}_{a22}_{a3}',
    ],
  ),
  token(
    'xendit-key',
    'Xendit',
    ['xnd_production_{a40,80}', 'xnd_development_{a40,80}'],
    ['xnd_production_{a24}', 'XND_development_{a40,80}', 'xnd_production_{a89}'],
  ),
]
