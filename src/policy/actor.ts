import type { Person } from '#contract/task.ts'
import type { Role } from './role.ts'

/** Who is asking, once authenticated: a person, in one organisation, with one role there. */
export interface Actor {
  readonly person: Person
  readonly role: Role
  readonly organisation: string
}
