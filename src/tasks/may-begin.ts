import { ok, type Result, refused } from '#kernel/result.ts'
import type { ActionName } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import type { DecisionFacts } from '#policy/decide.ts'
import { organisationPlace, serverPlace } from '#policy/place.ts'
import { asCountedAt } from './counted-at.ts'
import { type Permitted, permit } from './permit.ts'
import { type FoundPlace, type PlaceReference, placeOf } from './place-of.ts'
import type { Workshop } from './workshop.ts'

/**
 * What the rules say of an action at the place that a request names, before it is read any further. Whoever may not even
 * see the place is told that it is not there, in the words for what never was.
 */
export async function mayBegin(
  workshop: Workshop,
  actor: Actor,
  action: ActionName,
  at: PlaceReference,
): Promise<Result<void>> {
  const found = await placeOf(workshop.store, actor.organisation, at)
  if (!found.ok) return found
  const permitted = await permitAt(workshop, actor, action, found.value)
  return permitted.ok ? ok(undefined) : permitted
}

/** The same of a place that was found, with what else is known. */
export async function permitAt(
  workshop: Workshop,
  actor: Actor,
  action: ActionName,
  { place, facts, readBy, absent }: FoundPlace,
  more: DecisionFacts = {},
  about?: string,
): Promise<Result<Permitted>> {
  if (place.kind === 'Server') return permitAtServer(workshop, actor, action, more, about)
  const policy = await workshop.policyOf(actor.organisation)
  const known = policy.decide({ actor, action: readBy, place, facts })
  if (known.rules.some(({ rule, effect }) => rule === 'role' && effect === 'deny')) return refused(absent)
  return permit(workshop, { actor, action, place, facts: { ...facts, ...more } }, about)
}

/** What is done to the server reaches every organisation on it, so it is decided by what is held there. */
export async function permitAtServer(
  workshop: Workshop,
  actor: Actor,
  action: ActionName,
  facts: DecisionFacts = {},
  about = '',
): Promise<Result<Permitted>> {
  const place = serverPlace()
  const asked = { actor: await asCountedAt(workshop, actor, place), action, place, facts }
  return permit(workshop, asked, about)
}

/** Of a list, which answers with what may be seen: whoever holds the permission somewhere may ask, unless a rule forbids it. */
export async function mayList(workshop: Workshop, actor: Actor, action: ActionName): Promise<Result<void>> {
  const place = organisationPlace(actor.organisation)
  const everywhere = actor.bindings.map(({ role }) => ({ role, at: { kind: place.kind, id: place.id } }))
  const permitted = await permit(workshop, {
    actor: { ...actor, bindings: everywhere },
    action,
    place,
    facts: {},
  })
  return permitted.ok ? ok(undefined) : permitted
}
