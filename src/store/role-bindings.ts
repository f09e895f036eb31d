import { type Selectable, sql } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Binding } from '#policy/binding.ts'
import type { Place } from '#policy/cedar/engine.ts'
import { type Role, strongestOf } from '#policy/role.ts'
import { anyOf, json } from './column.ts'
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

/** The strongest of all that somebody holds anywhere, with what they are in the whole organisation. */
export async function strongestHeld(
  tx: Tx,
  { id, role }: { readonly id: string; readonly role: Role },
): Promise<Role> {
  const elsewhere = await bindingsOf(tx, id)
  return strongestOf([role, ...elsewhere.map((binding) => binding.role)])
}

/** What was given to a subject itself. */
export function ownBindings(tx: Tx, subject: string): Promise<RoleBindingRow[]> {
  return standing(tx).where('subject', '=', subject).execute()
}

export function bindingsAt(tx: Tx, at: Binding['at']): Promise<RoleBindingRow[]> {
  return standing(tx).where('placeKind', '=', at.kind).where('place', '=', at.id).execute()
}

export function bindingOf(tx: Tx, subject: string, at: Binding['at']): Promise<RoleBindingRow | undefined> {
  return standing(tx)
    .where('subject', '=', subject)
    .where('placeKind', '=', at.kind)
    .where('place', '=', at.id)
    .executeTakeFirst()
}

/** False when it had ended already. */
export async function endBinding(tx: Tx, id: string, removedAt: Instant): Promise<boolean> {
  const ended = await ending(tx, removedAt).where('id', '=', id).executeTakeFirst()
  return ended !== undefined
}

/** Ends all that a subject was given, and what was given at these places. */
export function endBindings(
  tx: Tx,
  which: { readonly subject?: string; readonly places?: readonly string[] },
  removedAt: Instant,
): Promise<RoleBindingRow[]> {
  const { subject, places = [] } = which
  return ending(tx, removedAt)
    .where((column) =>
      column.or([
        column('place', '=', anyOf(places)),
        ...(subject === undefined ? [] : [column('subject', '=', subject)]),
      ]),
    )
    .execute()
}

/** Owners of the server among the people of this organisation, none of whom stops being one until this transaction ends. */
export async function lockServerOwners(tx: Tx): Promise<readonly string[]> {
  const rows = await standing(tx)
    .where('placeKind', '=', 'Server')
    .where('role', '=', 'owner')
    .where('subjectKind', '=', 'person')
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.map(({ subject }) => subject)
}

/** Where anything was given. */
export async function placesOfBindings(tx: Tx): Promise<readonly Binding['at'][]> {
  const rows = await standing(tx).clearSelect().select(['placeKind', 'place']).distinct().execute()
  return rows.map(({ placeKind, place }) => ({ kind: placeKind, id: place }))
}

export interface NamedBinding extends RoleBindingRow {
  readonly subjectName: string
  readonly placeName: string
}

/** Of these places, by id; `after` is the last id of the page before. */
export async function listBindings(
  tx: Tx,
  page: { readonly places: readonly string[]; readonly after?: string | undefined; readonly limit: number },
): Promise<readonly NamedBinding[]> {
  let query = named(tx).where('binding.place', '=', anyOf(page.places))
  if (page.after !== undefined) query = query.where('binding.id', '>', page.after)
  return (await query.orderBy('binding.id').limit(page.limit).execute()).map(withNames)
}

/** What was given to a subject itself, with names. */
export async function listBindingsOf(tx: Tx, subject: string): Promise<readonly NamedBinding[]> {
  const rows = await named(tx).where('binding.subject', '=', subject).orderBy('binding.id').execute()
  return rows.map(withNames)
}

/** When what somebody may do was last changed by anybody, by themselves or as one of a team; undefined when never. */
export async function lastRoleChange(tx: Tx, subject: string): Promise<Instant | undefined> {
  const { rows } = await sql<{ last: Instant | null }>`
    select greatest(
      (select max(greatest(b.given_at, b.removed_at)) from role_bindings b
        where b.subject = ${subject} and b.given_by ->> 'id' <> ${SYSTEM_GIVER.id}),
      (select max(greatest(b.given_at, b.removed_at, m.added_at)) from role_bindings b
        join team_members m on m.team = b.subject where m.member = ${subject}),
      (select role_changed_at from people where id = ${subject}),
      (select role_changed_at from service_accounts where id = ${subject})
    ) as last`.execute(tx)
  return rows[0]?.last ?? undefined
}

/** In whose name the first owner of a server is its owner: no change of anybody's role. */
export const SYSTEM_GIVER: Person = { id: 'airlock', name: 'Airlock', email: '' }

function standing(tx: Tx) {
  return tx.selectFrom('roleBindings').selectAll().where('removedAt', 'is', null)
}

function ending(tx: Tx, removedAt: Instant) {
  return tx.updateTable('roleBindings').set({ removedAt }).where('removedAt', 'is', null).returningAll()
}

function named(tx: Tx) {
  return tx
    .selectFrom('roleBindings as binding')
    .leftJoin('people as person', 'person.id', 'binding.subject')
    .leftJoin('serviceAccounts as account', 'account.id', 'binding.subject')
    .leftJoin('teams as team', 'team.id', 'binding.subject')
    .leftJoin('teams as placeTeam', 'placeTeam.id', 'binding.place')
    .leftJoin('environments as environment', 'environment.id', 'binding.place')
    .leftJoin('projects as project', (join) =>
      join.on((column) =>
        column.or([
          column('project.id', '=', column.ref('binding.place')),
          column('project.id', '=', column.ref('environment.project')),
        ]),
      ),
    )
    .selectAll('binding')
    .select(['person.name as personName', 'account.name as accountName', 'team.name as teamName'])
    .select(['placeTeam.name as placeTeamName', 'project.name as projectName'])
    .select('environment.name as environmentName')
    .where('binding.removedAt', 'is', null)
}

type RowWithNames = Awaited<ReturnType<ReturnType<typeof named>['execute']>>[number]

function withNames(row: RowWithNames): NamedBinding {
  const { personName, accountName, teamName, placeTeamName, projectName, environmentName, ...binding } = row
  return {
    ...binding,
    subjectName: personName ?? accountName ?? teamName ?? row.subject,
    placeName:
      environmentName === null
        ? (projectName ?? placeTeamName ?? row.place)
        : `${projectName ?? ''}/${environmentName}`,
  }
}
