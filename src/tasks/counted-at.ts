import type { Actor } from '#policy/actor.ts'
import { rolesAt } from '#policy/binding.ts'
import type { Place } from '#policy/cedar/engine.ts'
import { organisationPlace } from '#policy/place.ts'
import type { Workshop } from './workshop.ts'

/**
 * Somebody with all that counts at a place. At the server only roles that were given there do; while there is but one
 * organisation, its own do as well.
 */
export async function asCountedAt(
  { store }: Pick<Workshop, 'store'>,
  actor: Actor,
  { kind, id }: Pick<Place, 'kind' | 'id'>,
): Promise<Actor> {
  if (kind !== 'Server' || (await store.organisations()).length > 1) return actor
  const roles = rolesAt(actor.bindings, organisationPlace(actor.organisation))
  return { ...actor, bindings: [...actor.bindings, ...roles.map((role) => ({ role, at: { kind, id } }))] }
}
