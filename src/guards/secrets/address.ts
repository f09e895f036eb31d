import type { Sighting } from './finding.ts'
import { isPlaceholder } from './placeholder.ts'
import { isWordy } from './randomness.ts'

const USERINFO =
  /([^\s:/?#@"'`<>[\](){}|]{0,128}):([^\s"'`<>@/\\]{1,256}|[^\s"'`<>@\\]{1,128})@([\w.%{}$[\]:,*-]{1,255})/y
const WEBHOOKS: readonly { host: string; pattern: RegExp; maker: string }[] = [
  {
    host: 'hooks.slack.com',
    maker: 'Slack',
    pattern: /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{30,80}/y,
  },
  {
    host: 'discord',
    maker: 'Discord',
    pattern: /discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d{15,22}\/[\w-]{50,90}/y,
  },
  {
    host: 'ptb.discord',
    maker: 'Discord',
    pattern: /(?:ptb|canary)\.discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d{15,22}\/[\w-]{50,90}/y,
  },
  {
    host: '',
    maker: 'Microsoft Teams',
    pattern:
      /[\w-]{1,60}\.webhook\.office\.com\/webhookb2\/[\w@-]{36,80}\/IncomingWebhook\/[0-9a-f]{32}\/[0-9a-f-]{36}/y,
  },
  {
    host: 'outlook.office.com',
    maker: 'Microsoft Teams',
    pattern: /outlook\.office\.com\/webhook\/[\w@-]{36,80}\/IncomingWebhook\/[0-9a-f]{32}\/[0-9a-f-]{36}/y,
  },
  {
    host: 'hooks.zapier.com',
    maker: 'Zapier',
    pattern: /hooks\.zapier\.com\/hooks\/catch\/\d{4,12}\/[a-z0-9]{5,12}/y,
  },
  {
    host: 'chat.googleapis.com',
    maker: 'Google Chat',
    pattern:
      /chat\.googleapis\.com\/v1\/spaces\/[\w-]{8,20}\/messages\?key=[\w-]{30,50}&token=[\w%-]{30,80}/y,
  },
  {
    host: 'maker.ifttt.com',
    maker: 'IFTTT',
    pattern: /maker\.ifttt\.com\/trigger\/\w{1,60}\/with\/key\/[\w-]{20,60}/y,
  },
]

const PGPASS = /^[\w.*-]{1,120}:(?:\d{2,5}|\*):[\w.*-]{1,80}:[\w.*-]{1,80}:([^\s:]{4,120})$/

/** A line of `.pgpass`: host, port, database, user and password; `at` is the colon before a port. */
export function pgpassAt(text: string, at: number): Sighting | undefined {
  const near = Math.max(0, at - 400)
  const before = text.slice(near, at).lastIndexOf('\n') + 1
  if (before === 0 && near > 0) return undefined
  const from = near + before
  const line = text.slice(from, from + 400).split('\n', 1)[0] ?? ''
  const password = PGPASS.exec(line)?.[1]
  if (password === undefined || isPlaceholder(password)) return undefined
  const start = from + line.length - password.length
  return {
    rule: 'secret.address-password',
    class: 'password',
    reason: 'The line gives a database password, as in .pgpass.',
    start,
    end: start + password.length,
    confidence: 'medium',
  }
}

/** Addresses that carry a password before the `@`, or are themselves a key to a hook; `at` is the colon of `://`. */
export function addressAt(text: string, at: number): Sighting | undefined {
  return webhookAt(text, at + 3) ?? passwordAt(text, at)
}

function webhookAt(text: string, start: number): Sighting | undefined {
  for (const { host, pattern, maker } of WEBHOOKS) {
    if (!text.startsWith(host, start)) continue
    pattern.lastIndex = start
    const found = pattern.exec(text)?.[0]
    if (found === undefined || /x{6}|example|your[_-]|X{6}/.test(found) || /0{8,}/.test(found.slice(-24)))
      continue
    const secret = found.lastIndexOf('/') + 1
    return {
      rule: 'secret.webhook-address',
      class: 'webhook',
      reason: `Whoever knows this ${maker} address can post to it.`,
      start: start + secret,
      end: start + found.length,
      confidence: 'high',
    }
  }
  return undefined
}

const DOC_HOST =
  /^(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[?::1|(?:[\w-]+\.)*example\.|(?:[\w-]+\.)*(?:test|invalid|local)(?::|$)|host(?:name)?(?::|\.|$)|server|your|my|some|db(?::|$)|database(?::|$)|postgres(?:ql)?(?::|$)|mysql(?::|$)|redis(?::|$)|mongo(?:db)?(?::|$)|rabbitmq(?::|$)|proxy|address|domain|ip(?::|$)|foo|bar|\$|\{|%|<|\*|ftp\.|www\.)/i

function passwordAt(text: string, colon: number): Sighting | undefined {
  const scheme = schemeBefore(text, colon)
  if (scheme.length < 2) return undefined
  USERINFO.lastIndex = colon + 3
  const match = USERINFO.exec(text)
  if (match === null) return undefined
  const [, user = '', password = '', host = ''] = match
  if (
    password.length < 3 ||
    isPlaceholder(password) ||
    /^(?:pass|passw|pwd|pw|p|password\w*|secret|mypass\w*|userpass|somepass\w*|\d{1,5})$/i.test(password)
  )
    return undefined
  if (/^\d{2,5}\//.test(password)) return undefined // a port and a path: `host:8080/@scope/name`
  if (password === user || /^\d+$/.test(password) || /^[[$<{%*]/.test(host) || /[${}]/.test(password))
    return undefined
  if (DOC_HOST.test(host) && (isWordy(password) || password.length < 8)) return undefined
  const start = colon + 3 + user.length + 1
  return {
    rule: 'secret.address-password',
    class: 'connection-string',
    reason: `The ${scheme} address carries a password.`,
    start,
    end: start + password.length,
    confidence: 'medium',
  }
}

function schemeBefore(text: string, colon: number): string {
  let from = colon
  while (from > 0 && colon - from < 31 && /[a-z0-9+.-]/i.test(text.charAt(from - 1))) from -= 1
  return text.slice(from, colon)
}
