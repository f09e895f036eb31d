import type { IncomingMessage } from 'node:http'
import { targetText } from '#contract/egress.ts'
import { parseAuthority } from './authority.ts'
import {
  addressLiteral,
  credentialsInClear,
  hostNotAllowed,
  malformedTarget,
  type NetworkRefusal,
  noNetwork,
  plainHttp,
  requestNotAllowed,
} from './network-refusals.ts'
import { hasStrayBody, isSteered } from './plain-exchange.ts'
import { parsePlainTarget } from './plain-target.ts'
import { type EgressPolicy, passes, reachesNothing } from './policy.ts'
import { type Internet, type Pinned, pinned } from './reach.ts'

/** Whether a tunnel may be opened to a target, and where it would lead. */
export async function decideTunnel(
  what: string,
  policy: EgressPolicy,
  internet: Internet,
): Promise<NetworkRefusal | Pinned> {
  const authority = parseAuthority(what)
  if (authority.kind === 'malformed') return malformedTarget(what)
  if (authority.kind === 'address') return literal(what, policy)
  const { host, port } = authority
  const tried = { what, target: { scheme: 'https' as const, host, port } }
  if (reachesNothing(policy)) return noNetwork(tried, policy)
  if (!policy.tunnels.has(`${host}:${port}`)) return hostNotAllowed(tried, policy)
  return pinned(what, host, port, internet)
}

export interface PinnedRequest extends Pinned {
  /** As it stands in `Host`. */
  readonly authority: string
  readonly path: string
}

/** The same for a request of plain HTTP, which says more, and of which more is asked. */
export async function decideRequest(
  req: IncomingMessage,
  policy: EgressPolicy,
  internet: Internet,
): Promise<NetworkRefusal | PinnedRequest> {
  const { method = '', url = '' } = req
  const what = `${method} ${url}`
  if (!/^http:/i.test(url)) return malformedTarget(what)
  const target = parsePlainTarget(url)
  if (target.kind === 'malformed') return malformedTarget(what, ONE_SPELLING)
  if (target.kind === 'address') return literal(what, policy)
  const { host, port, path, readings } = target
  const bare = path.split('?')[0] ?? '/'
  const tried = { what, target: { scheme: 'http' as const, host, port, method, path: bare } }
  if (reachesNothing(policy)) return noNetwork(tried, policy)
  const bounds = policy.plain.get(targetText(tried.target))
  if (bounds === undefined) return plainHttp(tried, policy)
  if (!passes(bounds, method, readings)) return requestNotAllowed(tried, policy)
  const authority = hostHeader(req)
  const isThatHost = authority !== undefined && withPort(authority) === `${host}:${port}`
  if (!isThatHost || hasStrayBody(req) || isSteered(req)) return malformedTarget(what, ONE_MEANING)
  if (req.headers.authorization !== undefined || req.headers.cookie !== undefined)
    return credentialsInClear(what)
  const decided = await pinned(what, host, port, internet)
  return 'status' in decided ? decided : { ...decided, authority, path }
}

const ONE_SPELLING = 'Write http://host/path without dots, doubled slashes or hidden parts.'
const ONE_MEANING =
  'Send one Host header, that of the address, no header that names another method or path, and a body only with POST, PUT or PATCH.'

function literal(what: string, policy: EgressPolicy): NetworkRefusal {
  return reachesNothing(policy) ? noNetwork({ what }, policy) : addressLiteral(what)
}

/** The only Host header; Node keeps the first of several, and another server might take the last. */
function hostHeader({ rawHeaders }: IncomingMessage): string | undefined {
  const values = rawHeaders.filter(
    (_, place) => rawHeaders[place - 1]?.toLowerCase() === 'host' && place % 2 === 1,
  )
  return values.length === 1 ? values[0]?.toLowerCase() : undefined
}

function withPort(authority: string): string {
  return /:\d+$/.test(authority) ? authority : `${authority}:80`
}
