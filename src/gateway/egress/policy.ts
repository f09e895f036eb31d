import { type EgressMethod, type EgressRoute, type PlainBounds, targetText } from '#contract/egress.ts'
import type { EgressPreset } from '#contract/project-file.ts'
import { compileGlob, type Matcher } from '#guards/glob.ts'
import { parsePlainTarget } from './plain-target.ts'
import { allowedByPresets } from './presets.ts'

/** What a lane may reach. Nothing at all when both are empty. */
export interface EgressPolicy {
  /** Exact `host:port` pairs, by TLS. */
  readonly tunnels: ReadonlySet<string>
  /** By `http://host:port`: what of its plain HTTP may pass. */
  readonly plain: ReadonlyMap<string, readonly CompiledBounds[]>
  /** What a person types to open a host for this lane, without the host; undefined where nobody can. */
  readonly widenCommand: string | undefined
}

interface CompiledBounds extends PlainBounds {
  readonly matchers: readonly Matcher[]
}

export function egressPolicy(
  presets: readonly EgressPreset[],
  routes: readonly EgressRoute[] = [],
  widenCommand?: string,
): EgressPolicy {
  const tunnels = routes.filter(({ scheme }) => scheme === 'https').map(targetText)
  const plain = routes.filter(({ scheme }) => scheme === 'http')
  return {
    tunnels: new Set([...allowedByPresets(presets), ...tunnels]),
    plain: new Map(plain.map((route) => [targetText(route), route.bounds.map(compiled)])),
    widenCommand,
  }
}

export function reachesNothing({ tunnels, plain }: EgressPolicy): boolean {
  return tunnels.size === 0 && plain.size === 0
}

/** Everything that is open, in words. */
export function openTargets({ tunnels, plain }: EgressPolicy): readonly string[] {
  return [...tunnels, ...plain.keys()]
}

/** Whether all bounds let a request pass, in every reading of its path. */
export function passes(
  bounds: readonly CompiledBounds[],
  method: string,
  readings: readonly (readonly string[])[],
): boolean {
  return bounds.every(
    ({ methods, matchers }) =>
      methods.includes(method as EgressMethod) &&
      readings.every((parts) => matchers.some((matches) => matches(parts))),
  )
}

/** Whether a route would let this through, as far as it is known: of a host alone neither method nor path is. */
export function covers(
  route: EgressRoute,
  asked: Pick<EgressRoute, 'scheme' | 'host' | 'port'> & { readonly method: string; readonly path: string },
): boolean {
  if (targetText(route) !== targetText(asked)) return false
  if (asked.method === '') return true
  const read = parsePlainTarget(`http://${asked.host}:${asked.port}${asked.path}`)
  return read.kind === 'plain' && passes(route.bounds.map(compiled), asked.method, read.readings)
}

function compiled(bounds: PlainBounds): CompiledBounds {
  return { ...bounds, matchers: bounds.paths.map(matcherOf) }
}

/** A pattern that cannot be read matches nothing. The root is a path without parts. */
function matcherOf(path: string): Matcher {
  if (path === '/' || path === '/**') return () => true
  const glob = compileGlob(path.endsWith('/') ? `${path.slice(1)}**` : path.slice(1), (text) => text)
  return glob.ok ? glob.value : () => false
}
