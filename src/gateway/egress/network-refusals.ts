import type { Refusal } from '#contract/refusal.ts'
import { presetThatOpens } from './presets.ts'

/** A refusal of the egress proxy and its HTTP status; without one, the answer 200 has been given and the tunnel is cut. */
export interface NetworkRefusal extends Refusal {
  readonly status: 400 | 403 | 502
}

/** Names the preset that opens this very host, where there is one. */
function presetsRemedy(what: string): string {
  const preset = presetThatOpens(what) ?? 'npm'
  return `Registries open during setup by a preset in airlock.yaml (egress: [${preset}]); dependencies belong there.`
}

export function noNetwork(what: string): NetworkRefusal {
  return refusal(403, 'network.none', what, 'There is no network in this phase.', presetsRemedy(what))
}

export function hostNotAllowed(what: string, allowed: ReadonlySet<string>): NetworkRefusal {
  return refusal(
    403,
    'network.not-allowed',
    what,
    `Only ${[...allowed].join(', ')} may be reached.`,
    presetsRemedy(what),
  )
}

export function addressLiteral(what: string): NetworkRefusal {
  return refusal(
    403,
    'network.address-literal',
    what,
    'Addresses are refused; only names can be allowed.',
    presetsRemedy(what),
  )
}

export function plainHttp(what: string): NetworkRefusal {
  return refusal(
    403,
    'network.plain-http',
    what,
    'Plain HTTP is refused: its content could be changed on the way.',
    'Use the https address of the registry.',
  )
}

export function malformedTarget(what: string): NetworkRefusal {
  return refusal(
    400,
    'network.malformed',
    what,
    'The target is not a host name and a port.',
    'CONNECT host:443',
  )
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

function refusal(
  status: NetworkRefusal['status'],
  rule: string,
  what: string,
  reason: string,
  remedy: string,
): NetworkRefusal {
  return { status, boundary: 'network', rule, what: what.slice(0, 300), reason, remedy }
}
