import type { Person } from '#contract/task.ts'
import type { PlaceKind } from '#policy/cedar/schema.ts'
import type { Role } from '#policy/role.ts'
import type { Json, Moment, Organisation } from './column-kinds.ts'

export interface TeamsTable {
  organisation: Organisation
  id: string
  name: string
  createdAt: Moment
  removedAt: Moment | null
}

export interface TeamMembersTable {
  organisation: Organisation
  team: string
  /** A person or a service account. */
  member: string
  addedBy: Json<Person>
  addedAt: Moment
}

export interface EnvironmentsTable {
  organisation: Organisation
  id: string
  project: string
  name: string
  createdAt: Moment
  removedAt: Moment | null
}

export type SubjectKind = 'person' | 'team' | 'service-account'

/** Roles at places, besides what somebody is in the whole organisation. */
export interface RoleBindingsTable {
  organisation: Organisation
  id: string
  subjectKind: SubjectKind
  subject: string
  role: Role
  placeKind: PlaceKind
  place: string
  givenBy: Json<Person>
  givenAt: Moment
  removedAt: Moment | null
}
