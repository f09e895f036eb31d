import type { Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { TeamMembersTable, TeamsTable } from './places-schema.ts'
import type { Tx } from './schema.ts'

export type TeamRow = Selectable<TeamsTable>

/** A team that was not removed, by id or name. */
export function teamByReference(tx: Tx, reference: string): Promise<TeamRow | undefined> {
  return tx
    .selectFrom('teams')
    .selectAll()
    .where('removedAt', 'is', null)
    .where((column) =>
      column.or([
        column('id', '=', reference),
        column((of) => of.fn<string>('lower', ['name']), '=', reference.toLowerCase()),
      ]),
    )
    .orderBy((column) => column('id', '=', reference), 'desc')
    .executeTakeFirst()
}

export function teamById(tx: Tx, id: string): Promise<TeamRow | undefined> {
  return tx
    .selectFrom('teams')
    .selectAll()
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .executeTakeFirst()
}

/** Those that were not removed, by name. */
export function listTeams(tx: Tx): Promise<TeamRow[]> {
  return tx.selectFrom('teams').selectAll().where('removedAt', 'is', null).orderBy('name').execute()
}

/** Undefined when there is one of that name. */
export function insertTeam(
  tx: Tx,
  team: Pick<TeamRow, 'id' | 'name' | 'createdAt'>,
): Promise<TeamRow | undefined> {
  return tx
    .insertInto('teams')
    .values(team)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Throws what `isDuplicate` knows when there is another one of that name. */
export function renameTeam(tx: Tx, id: string, name: string): Promise<TeamRow | undefined> {
  return tx
    .updateTable('teams')
    .set({ name })
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

/** Also ends who was in it, and that it looked after projects; its roles are ended by `endBindings`. */
export async function removeTeam(tx: Tx, id: string, removedAt: Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('teams')
    .set({ removedAt })
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .executeTakeFirst()
  await tx.deleteFrom('teamMembers').where('team', '=', id).execute()
  await tx.updateTable('projects').set({ team: null }).where('team', '=', id).execute()
  return numUpdatedRows === 1n
}

export interface TeamMember extends Pick<Selectable<TeamMembersTable>, 'member' | 'addedAt'> {
  readonly kind: 'person' | 'service-account'
  readonly name: string
}

/** By name. At most 1,000. */
export async function membersOf(tx: Tx, team: string): Promise<readonly TeamMember[]> {
  const rows = await tx
    .selectFrom('teamMembers')
    .leftJoin('people', 'people.id', 'teamMembers.member')
    .leftJoin('serviceAccounts', 'serviceAccounts.id', 'teamMembers.member')
    .select(['teamMembers.member', 'teamMembers.addedAt'])
    .select(['people.name as person', 'serviceAccounts.name as account'])
    .where('teamMembers.team', '=', team)
    .limit(1_000)
    .execute()
  return rows
    .map(({ member, addedAt, person, account }) => ({
      member,
      addedAt,
      kind: person === null ? ('service-account' as const) : ('person' as const),
      name: person ?? account ?? member,
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** How many are in each team that has any. */
export async function memberCounts(tx: Tx): Promise<ReadonlyMap<string, number>> {
  const rows = await tx
    .selectFrom('teamMembers')
    .select(['team', ({ fn }) => fn.countAll<number>().as('count')])
    .groupBy('team')
    .execute()
  return new Map(rows.map(({ team, count }) => [team, count]))
}

/** False when they are in it already. */
export async function insertMember(
  tx: Tx,
  member: {
    readonly team: string
    readonly member: string
    readonly addedBy: Person
    readonly addedAt: Instant
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('teamMembers')
    .values({ ...member, addedBy: json(member.addedBy) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** False when they were not in it. */
export async function deleteMember(tx: Tx, team: string, member: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('teamMembers')
    .where('team', '=', team)
    .where('member', '=', member)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Out of every team. */
export async function deleteMemberships(tx: Tx, member: string): Promise<void> {
  await tx.deleteFrom('teamMembers').where('member', '=', member).execute()
}

/** Of two who change what a team has and who is in it, one waits; false when the team is not there any more. */
export async function lockTeam(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('teams')
    .select('id')
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

/** What a team looks after, by name. */
export function projectsOfTeam(
  tx: Tx,
  team: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return tx
    .selectFrom('projects')
    .select(['id', 'name'])
    .where('team', '=', team)
    .where('removedAt', 'is', null)
    .orderBy('name')
    .execute()
}
