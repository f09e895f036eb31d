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

const NOT_TO_PROVIDER = new Set([
  ...HOP_BY_HOP,
  // whatever the agent presents as its own identity
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
  // on whose account the key is used is not the agent's choice
  'openai-organization',
  'openai-project',
  // ours to say
  'host',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'expect',
  // nothing of this host
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
])

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

/** What goes on to the provider: all but identity, routing and framing, with the key put in. */
export function headersToProvider(
  received: IncomingHttpHeaders,
  authentication: Readonly<Record<string, string>>,
): Record<string, string> {
  const named = connectionNames(received)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(received))
    if (value !== undefined && !NOT_TO_PROVIDER.has(name) && !named.has(name))
      headers[name] = Array.isArray(value) ? value.join(', ') : value
  return { ...headers, 'accept-encoding': 'identity', ...authentication }
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
