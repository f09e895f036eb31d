import type { Place } from './cedar/engine.ts'
import type { PlaceKind } from './cedar/schema.ts'
import { ROLES, type Role } from './role.ts'

/** A role given to somebody at a place; it counts there and everywhere within. */
export interface Binding {
  readonly role: Role
  readonly at: { readonly kind: PlaceKind; readonly id: string }
}

/** The roles somebody holds at a place by all that was given to them, each with all weaker ones; the strongest last. */
export function rolesAt(
  bindings: readonly Binding[],
  place: Pick<Place, 'kind' | 'id' | 'within'>,
): readonly Role[] {
  const covering = [{ kind: place.kind, id: place.id }, ...place.within]
  const ranks = bindings
    .filter(({ at }) => covering.some(({ kind, id }) => kind === at.kind && id === at.id))
    .map(({ role }) => ROLES.indexOf(role))
  return ROLES.slice(0, Math.max(-1, ...ranks) + 1)
}
