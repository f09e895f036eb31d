import { z } from 'zod'
import type { ActionName } from './action.ts'
import type { Actor } from './actor.ts'
import { rolesAt } from './binding.ts'
import type { Engine, Place } from './cedar/engine.ts'
import { PLACES, type PlaceKind, PRINCIPALS } from './cedar/schema.ts'
import { type Decision, type DecisionFacts, decide, type Question, withProof } from './decide.ts'
import type { Moment } from './moment.ts'
import { ROLES } from './role.ts'

const PlaceName = { kind: z.enum(PLACES), id: z.string() }

/** A question as it is kept: everything rules can see but who asked it. */
export const RecordedQuestion = z.strictObject({
  kind: z.enum(PRINCIPALS),
  role: z.enum(ROLES).nullable(),
  ownOrganisation: z.boolean(),
  channel: z.string(),
  place: z.strictObject({
    ...PlaceName,
    organisation: z.string(),
    within: z.array(z.strictObject(PlaceName)),
  }),
  moment: z.strictObject({ hour: z.int(), minute: z.int(), weekday: z.string() }),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
})
export type RecordedQuestion = z.infer<typeof RecordedQuestion>

export function recordedQuestion(question: Question, moment: Moment): RecordedQuestion {
  const { actor, place, facts } = withProof(question)
  return {
    kind: actor.kind,
    role: rolesAt(actor.bindings, place).at(-1) ?? null,
    ownOrganisation: actor.organisation === place.organisation || place.kind === 'Server',
    channel: actor.channel,
    place: { ...place, within: place.within.map(({ kind, id }) => ({ kind, id })) },
    moment: { ...moment },
    facts: facts as RecordedQuestion['facts'],
  }
}

/** Asks other rules what was asked then, at the time of day of then. */
export function askAgain(engine: Engine, action: ActionName, recorded: RecordedQuestion): Decision {
  const place: Place = recorded.place
  const at: { kind: PlaceKind; id: string } = { kind: place.kind, id: place.id }
  const actor: Actor = {
    kind: recorded.kind,
    person: { id: 'usr_somebody', name: '', email: '' },
    organisation: recorded.ownOrganisation ? place.organisation : '',
    role: recorded.role ?? 'viewer',
    bindings: recorded.role === null ? [] : [{ role: recorded.role, at }],
    channel: recorded.channel,
  }
  const facts = recorded.facts as DecisionFacts
  return decide(engine, { actor, action, place, facts }, recorded.moment)
}
