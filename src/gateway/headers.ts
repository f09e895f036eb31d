import type { IncomingHttpHeaders } from 'node:http'
import type { Redaction } from './redact.ts'

/** RFC 9110 section 7.6.1: they speak of one connection. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/**
 * What clients tell a provider of themselves and of the protocol. A list of what may pass and not of what may not: a router of
 * models takes orders by headers of its own (`x-portkey-custom-host`, `helicone-target-url`), and would bring the key to
 * whomever the agent names.
 */
const TO_PROVIDER = new RegExp(
  `^(?:${[
    'accept|accept-language|user-agent|idempotency-key',
    '(?:session|thread|conversation)[-_]id|x-request-id|x-client-request-id',
    'anthropic-(?:version|beta|dangerous-direct-browser-access)|x-app',
    'openai-beta|originator|version|x-codex-[a-z-]+|x-openai-internal-[a-z-]+',
    'x-stainless-[a-z-]+',
    'x-goog-api-client',
  ].join('|')})$`,
)

const NOT_TO_AGENT = new Set([
  ...HOP_BY_HOP,
  'set-cookie',
  'location',
  'content-encoding',
  'alt-svc',
  // whose account it is
  'openai-organization',
  'openai-project',
  'anthropic-organization-id',
])

/** What goes on to the provider: what is known to be harmless, with the type that was checked and the key put in. */
export function headersToProvider(
  received: IncomingHttpHeaders,
  authentication: Readonly<Record<string, string>>,
): Record<string, string> {
  const named = connectionNames(received)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(received))
    if (value !== undefined && TO_PROVIDER.test(name) && !named.has(name))
      headers[name] = Array.isArray(value) ? value.join(', ') : value
  return {
    ...headers,
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    ...authentication,
  }
}

/** What comes back to the agent: all but framing, cookies and account names, with the key masked. */
export function headersToAgent(
  received: IncomingHttpHeaders,
  redaction: Redaction,
  lengthIsTrue: boolean,
): Record<string, string | string[]> {
  const named = connectionNames(received)
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(received))
    if (
      value !== undefined &&
      !NOT_TO_AGENT.has(name) &&
      !named.has(name) &&
      (lengthIsTrue || name !== 'content-length')
    )
      headers[name] = Array.isArray(value) ? value.map(redaction.text) : redaction.text(value)
  return headers
}

/** Headers that `Connection` declares to be hop-by-hop. */
function connectionNames(headers: IncomingHttpHeaders): ReadonlySet<string> {
  return new Set(
    (headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  )
}
