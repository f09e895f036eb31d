import type { Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Binding } from '#policy/binding.ts'
import type { Place } from '#policy/cedar/engine.ts'
import type { Role } from '#policy/role.ts'
import { json } from './column.ts'
import type { RoleBindingsTable, SubjectKind } from './places-schema.ts'
import type { Tx } from './schema.ts'

export type RoleBindingRow = Selectable<RoleBindingsTable>

export interface NewRoleBinding {
  readonly id: string
  readonly subjectKind: SubjectKind
  readonly subject: string
  readonly role: Role
  readonly at: Binding['at']
  readonly givenBy: Person
  readonly givenAt: Instant
}

/** What a person or a service account was given at places, by themselves or as one of a team that still is. */
export async function bindingsOf(tx: Tx, subject: string): Promise<readonly Binding[]> {
  const rows = await tx
    .selectFrom('roleBindings')
    .select(['role', 'placeKind', 'place'])
    .where('removedAt', 'is', null)
    .where((column) =>
      column.or([
        column('subject', '=', subject),
        column(
          'subject',
          'in',
          column
            .selectFrom('teamMembers')
            .innerJoin('teams', 'teams.id', 'teamMembers.team')
            .select('teamMembers.team')
            .where('teamMembers.member', '=', subject)
            .where('teams.removedAt', 'is', null),
        ),
      ]),
    )
    .execute()
  return rows.map(({ role, placeKind, place }) => ({ role, at: { kind: placeKind, id: place } }))
}

/** Gives a role at a place; undefined when the subject has one there already. */
export function insertRoleBinding(tx: Tx, binding: NewRoleBinding): Promise<RoleBindingRow | undefined> {
  const { at, givenBy, ...columns } = binding
  return tx
    .insertInto('roleBindings')
    .values({ ...columns, placeKind: at.kind, place: at.id, givenBy: json(givenBy) })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** How many people present hold one of these roles at a place, in whatever way they came by it. */
export async function countHolders(
  tx: Tx,
  place: Pick<Place, 'kind' | 'id' | 'within'>,
  roles: readonly Role[],
): Promise<number> {
  const covering = [{ kind: place.kind, id: place.id }, ...place.within]
  const { count } = await tx
    .selectFrom('people')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('removedAt', 'is', null)
    .where((person) =>
      person.or([
        person('role', 'in', roles),
        person.exists(
          person
            .selectFrom('roleBindings')
            .leftJoin('teamMembers', 'teamMembers.team', 'roleBindings.subject')
            .leftJoin('teams', 'teams.id', 'teamMembers.team')
            .select('roleBindings.id')
            .where('roleBindings.removedAt', 'is', null)
            .where('roleBindings.role', 'in', roles)
            .where((binding) =>
              binding.or(
                covering.map(({ kind, id }) =>
                  binding.and([binding('placeKind', '=', kind), binding('place', '=', id)]),
                ),
              ),
            )
            .where((binding) =>
              binding.or([
                binding('roleBindings.subject', '=', binding.ref('people.id')),
                binding.and([
                  binding('teamMembers.member', '=', binding.ref('people.id')),
                  binding('teams.removedAt', 'is', null),
                ]),
              ]),
            ),
        ),
      ]),
    )
    .executeTakeFirstOrThrow()
  return count
}
