import { EgressHost } from '#contract/egress.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { AskedFor } from '../gateway.ts'
import { type EgressPolicy, openTargets } from './policy.ts'
import { presetThatOpens } from './presets.ts'

/** A refusal of the egress proxy and its HTTP status; without one, the answer 200 has been given and the tunnel is cut. */
export interface NetworkRefusal extends Refusal {
  readonly status: 400 | 403 | 502
  /** What a person may allow for this task; absent where nobody may. */
  readonly asked?: AskedFor
}

/** What was refused: as it was written, and, where it could be read, whom it was for. */
export interface Tried {
  readonly what: string
  readonly target?: AskedFor
}

export function noNetwork({ what, target }: Tried, policy: EgressPolicy): NetworkRefusal {
  const reason = 'There is no network in this phase.'
  return refusal(403, 'network.none', what, reason, ...remedyFor(target, policy))
}

export function hostNotAllowed({ what, target }: Tried, policy: EgressPolicy): NetworkRefusal {
  const reason = `Only ${openTargets(policy).join(', ')} may be reached.`
  return refusal(403, 'network.not-allowed', what, reason, ...remedyFor(target, policy))
}

export function addressLiteral(what: string): NetworkRefusal {
  return refusal(
    403,
    'network.address-literal',
    what,
    'Addresses are refused; only names can be allowed.',
    'Use the name of the host. Nobody can allow an address.',
  )
}

export function plainHttp({ what, target }: Tried, policy: EgressPolicy): NetworkRefusal {
  const [remedy, asked] = remedyFor(target, policy)
  const more = asked === undefined ? '' : ` ${remedy}`
  return refusal(
    403,
    'network.plain-http',
    what,
    'Plain HTTP is refused: its content could be changed on the way.',
    `Use the https address of the registry.${more}`,
    asked,
  )
}

/** The host may be reached, but not with this method or at this path. */
export function requestNotAllowed({ what, target }: Tried, policy: EgressPolicy): NetworkRefusal {
  const reason = 'The host is open, but not for this method and path.'
  return refusal(403, 'network.request', what, reason, ...remedyFor(target, policy))
}

export function credentialsInClear(what: string): NetworkRefusal {
  return refusal(
    403,
    'network.credentials-in-clear',
    what,
    'A credential would cross the network in clear.',
    'Use the https address, or leave the credential out.',
  )
}

export function malformedTarget(what: string, remedy = 'CONNECT host:443'): NetworkRefusal {
  const reason = 'The target is not a host name and a port, or not in its one spelling.'
  return refusal(400, 'network.malformed', what, reason, remedy)
}

export function privateAddress(what: string): NetworkRefusal {
  return refusal(
    403,
    'network.private-address',
    what,
    'The name leads to an address that is not on the public internet.',
    'Check the DNS of this host; for a mirror of your own, name its network in network.json (docs/egress.md).',
  )
}

export function unresolved(what: string): NetworkRefusal {
  return refusal(502, 'network.unreachable', what, 'The host cannot be reached.', 'Try again later.')
}

export function otherServerName(what: string, said: string): NetworkRefusal {
  return refusal(
    403,
    'network.server-name',
    what,
    `The connection inside the tunnel is not TLS for that host but ${said}.`,
    'Connect to the host that was asked for, by TLS with its name.',
  )
}

export function tooMuch(what: string, limit: string): NetworkRefusal {
  return refusal(
    403,
    'network.limit',
    what,
    `The limit of ${limit} is reached.`,
    'Fetch less, or in several tasks.',
  )
}

/** The preset that opens this very host, where there is one; what a maintainer types, where one may. */
function remedyFor(
  target: AskedFor | undefined,
  { widenCommand }: EgressPolicy,
): readonly [remedy: string, asked?: AskedFor] {
  const preset = target?.scheme === 'https' ? presetThatOpens(`${target.host}:${target.port}`) : undefined
  const byPreset = `Registries open during setup by a preset in airlock.yaml (egress: [${preset ?? 'npm'}]); dependencies belong there.`
  if (target === undefined || widenCommand === undefined) return [byPreset]
  const word = `${widenCommand} ${widenWord(target)}`
  const first = preset === undefined ? '' : `${byPreset} `
  if (!mayBeAsked(target))
    return [
      `${first}Only names of the internet by TLS, or plain HTTP on port 80, can be asked for; a maintainer who knows better can name it: ${word}`,
    ]
  return [`${first}A maintainer can allow it for this task alone: ${word}, then retry the task.`, target]
}

/** What setup may ask people for: hostile code must not fill their screens with what nobody should allow. */
function mayBeAsked({ scheme, host, port }: AskedFor): boolean {
  return EgressHost.safeParse(host).success && port === (scheme === 'http' ? 80 : 443)
}

function widenWord({ scheme, host, port }: AskedFor): string {
  if (port === (scheme === 'http' ? 80 : 443)) return scheme === 'http' ? `${host}:80` : host
  return scheme === 'http' ? `http://${host}:${port}` : `${host}:${port}`
}

/** Where it goes it is cut further, once secrets in it are masked: of a secret that was cut nothing would be found. */
const LONGEST = 5_000

function refusal(
  status: NetworkRefusal['status'],
  rule: string,
  what: string,
  reason: string,
  remedy: string,
  asked?: AskedFor,
): NetworkRefusal {
  const base = { status, boundary: 'network' as const, rule, what: what.slice(0, LONGEST), reason, remedy }
  return asked === undefined ? base : { ...base, asked }
}
