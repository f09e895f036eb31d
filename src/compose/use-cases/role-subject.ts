import type { RoleGrant } from '#contract/places.ts'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Binding } from '#policy/binding.ts'
import type { Role } from '#policy/role.ts'
import { setMemberRole } from '#store/member-role.ts'
import { personByReference } from '#store/people.ts'
import type { SubjectKind } from '#store/places-schema.ts'
import { bindingOf, endBinding, insertRoleBinding } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import { serviceAccountByReference } from '#store/service-accounts.ts'
import { lockTeam, teamByReference } from '#store/teams.ts'

/** Somebody, or several, who can be given a role. */
export interface Subject {
  readonly kind: SubjectKind
  readonly id: string
  readonly name: string
  /** In the whole organisation; a team has none by itself. */
  readonly role?: Role
}

export async function findSubject(
  tx: Tx,
  { kind, reference }: RoleGrant['subject'],
): Promise<Subject | undefined> {
  if (kind === 'team') {
    const team = await teamByReference(tx, reference)
    return team && { kind, id: team.id, name: team.name }
  }
  const by = kind === 'person' ? personByReference : serviceAccountByReference
  const row = await by(tx, reference)
  return row && { kind, id: row.id, name: row.name, role: row.role }
}

/** What they were given at a place itself; in the whole organisation, what they are there. */
export async function roleOf(tx: Tx, subject: Subject, at: Binding['at']): Promise<Role | undefined> {
  if (at.kind === 'Organisation' && subject.role !== undefined) return subject.role
  return (await bindingOf(tx, subject.id, at))?.role
}

interface RoleWriting {
  readonly before: Role | undefined
  readonly after: Role | undefined
  readonly giving: { readonly id: string; readonly givenBy: Person; readonly at: Instant }
}

/** False when they are not any more what they were, or not there any more. */
export async function writeRole(
  tx: Tx,
  subject: Subject,
  at: Binding['at'],
  { before, after, giving }: RoleWriting,
): Promise<boolean> {
  if (at.kind === 'Organisation' && subject.kind !== 'team') {
    if (before === undefined || after === undefined) return false
    const table = subject.kind === 'person' ? 'people' : 'serviceAccounts'
    return setMemberRole(tx, table, subject.id, { before, role: after, at: giving.at })
  }
  if (subject.kind === 'team' && !(await lockTeam(tx, subject.id))) return false
  const now = await bindingOf(tx, subject.id, at)
  if (now?.role !== before) return false
  if (now !== undefined && !(await endBinding(tx, now.id, giving.at))) return false
  if (after === undefined) return true
  const made = await insertRoleBinding(tx, {
    ...{ id: giving.id, subjectKind: subject.kind, subject: subject.id, role: after, at },
    ...{ givenBy: giving.givenBy, givenAt: giving.at },
  })
  return made !== undefined
}
