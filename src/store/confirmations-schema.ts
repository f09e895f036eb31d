import type { Person } from '#contract/task.ts'
import type { ActionName } from '#policy/action.ts'
import type { Place } from '#policy/cedar/engine.ts'
import type { DecisionFacts } from '#policy/decide.ts'
import type { Json, Moment, Organisation } from './column-kinds.ts'

export interface ConfirmationsTable {
  organisation: Organisation
  id: string
  /** Of who asked, and for what: the same question has the same one. */
  digest: string
  action: ActionName
  place: Json<Place>
  facts: Json<DecisionFacts>
  /** In words, what rules do not see of it; for the second person. */
  about: string
  askedBy: Json<Person>
  askedAt: Moment
  expiresAt: Moment
  givenBy: Json<Person> | null
  givenAt: Moment | null
  /** Good for one time. */
  usedAt: Moment | null
}
