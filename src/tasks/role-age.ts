import type { Clock } from '#kernel/instant.ts'
import { ACTIONS } from '#policy/action.ts'
import { LETTING_IN } from '#policy/cedar/standing-rules.ts'
import type { Question } from '#policy/decide.ts'
import { lastRoleChange } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import type { Workshop } from './workshop.ts'

/** For so long a role that never changed has stood: a year, which no rule needs to tell from longer. */
export const MANY_MINUTES = 525_600

/** How long ago somebody's role was changed, in whole minutes. */
export async function roleAge(tx: Tx, clock: Clock, subject: string): Promise<number> {
  const changed = await lastRoleChange(tx, subject)
  if (changed === undefined) return MANY_MINUTES
  return Math.min(MANY_MINUTES, Math.max(0, Math.floor((clock() - Date.parse(changed)) / 60_000)))
}

/** With how long the asker has had their role, where rules want to know it. */
export async function withOwnRoleAge(
  { store, clock }: Pick<Workshop, 'store' | 'clock'>,
  question: Question,
): Promise<Question> {
  const { actor, action, facts } = question
  if (facts.minutesSinceOwnRoleChange !== undefined) return question
  if (!LETTING_IN.includes(ACTIONS[action].permission)) return question
  const minutesSinceOwnRoleChange = await store.inOrganisation(actor.organisation, (tx) =>
    roleAge(tx, clock, actor.person.id),
  )
  return { ...question, facts: { ...facts, minutesSinceOwnRoleChange } }
}
