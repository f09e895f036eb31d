import type { PlaceReference } from '#tasks/place-of.ts'

/**
 * Where the action of a route happens: at the server, in the whole organisation; at what its path names; in each place of a list, of
 * which only what may be seen is answered; or where only the use case can tell, which then asks with all it knows.
 */
export type RoutePlace =
  | 'server'
  | 'organisation'
  | 'team'
  | 'project'
  | 'environment'
  | 'task'
  | 'seen'
  | 'within'

/** What the path names, as yet unread. A name that no path could hold is of nothing. */
export function referenceOf(
  place: Exclude<RoutePlace, 'seen' | 'within'>,
  params: Readonly<Record<string, string>>,
): PlaceReference {
  const named = (name: string) => {
    const reference = params[name]
    if (reference === undefined) throw new Error(`a route at a ${place} has no {${name}} in its path`)
    return LIKE_A_REFERENCE.test(reference) ? reference : ''
  }
  if (place === 'server' || place === 'organisation') return { kind: place }
  if (place === 'environment')
    return { kind: place, project: named('project'), reference: named('environment') }
  return { kind: place, reference: named(place) }
}

/** Nothing that the database could not hold, and nothing long. */
const LIKE_A_REFERENCE = /^[^\p{C}]{1,200}$/u
