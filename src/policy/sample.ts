import type { ActionName } from './action.ts'
import { type Actor, memberOf } from './actor.ts'
import type { Engine, Place } from './cedar/engine.ts'
import { FACTS } from './cedar/facts.ts'
import type { PrincipalKind } from './cedar/schema.ts'
import { type Decision, type DecisionFacts, decide } from './decide.ts'
import type { Moment } from './moment.ts'
import { projectPlace } from './place.ts'
import type { Role } from './role.ts'

/** A question nobody asked: what examples, comparisons and explanations put to rules. */
export interface Sample {
  readonly action: ActionName
  readonly role: Role
  readonly kind: PrincipalKind
  readonly place: Place
  readonly facts: SampleFacts
}

/** A fact that is `undefined` is absent; one that is left out is as usual. */
export type SampleFacts = {
  readonly [N in SampleFact]?: (DecisionFacts & Moment & { readonly channel: string })[N] | undefined
}

/** What a sample may say; the rest follows from it: roles from the asker, risk from the action and what it is about. */
export type SampleFact = Exclude<keyof typeof FACTS, 'roles' | 'risk' | 'riskRank'>

export const SAMPLE_FACTS = Object.keys(FACTS).filter(
  (name): name is SampleFact => !['roles', 'risk', 'riskRank'].includes(name),
)

export const SAMPLE_PLACE = projectPlace('org_sample', 'prj_sample')

/** An asker and a day on which the standing rules have nothing to say, so that others are heard. */
const USUAL = {
  provenance: 'person',
  channel: 'api',
  hour: 12,
  minute: 0,
  weekday: 'monday',
  requestedByActor: false,
  otherApprovers: 1,
  readsServerFiles: false,
  givenRole: 'viewer',
  autonomy: 3,
  minutesSinceRoleChange: 10_000,
  minutesSinceOwnRoleChange: 10_000,
} as const satisfies SampleFacts

export function decideSample(engine: Engine, { action, role, kind, place, facts }: Sample): Decision {
  const present = Object.entries({ ...USUAL, ...facts }).filter(([, value]) => value !== undefined)
  const { hour, minute, weekday, channel, ...rest } = Object.fromEntries(present) as typeof USUAL
  const asker: Actor = { ...memberOf(place.organisation, SOMEBODY, role), kind, channel }
  return decide(engine, { actor: asker, action, place, facts: rest }, { hour, minute, weekday })
}

const SOMEBODY = { id: 'usr_sample', name: 'Somebody', email: 'somebody@example.org' }
