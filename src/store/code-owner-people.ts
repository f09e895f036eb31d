import { sql } from 'kysely'
import { anyOf } from './column.ts'
import type { Tx } from './schema.ts'

/**
 * Which people present are meant by owners as CODEOWNERS names them: an e-mail address, `@name` when exactly one person's address
 * begins so, or `@anything/team` for who is in the team of that name. Whoever is not here is in no list. What people are called
 * counts for nothing: they choose it when they join.
 */
export async function peopleOfOwners(
  tx: Tx,
  owners: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const people = await peopleAt(tx, owners.map(nameIn))
  const members = await membersOf(tx, owners.map(teamIn))
  return new Map(
    owners.map((owner) => {
      const team = teamIn(owner)
      if (team !== '') return [owner, members.filter((one) => one.team === team).map(({ id }) => id)]
      const found = people.filter(({ email, name }) =>
        owner.startsWith('@') ? name === nameIn(owner) : email === nameIn(owner),
      )
      return [owner, found.length === 1 ? found.map(({ id }) => id) : []]
    }),
  )
}

const LOCAL_PART = sql<string>`split_part(lower(email), '@', 1)`

function peopleAt(tx: Tx, names: readonly string[]) {
  return tx
    .selectFrom('people')
    .select(['id', LOCAL_PART.as('name'), sql<string>`lower(email)`.as('email')])
    .where('removedAt', 'is', null)
    .where((column) =>
      column.or([
        column(LOCAL_PART, '=', anyOf(names)),
        column(sql<string>`lower(email)`, '=', anyOf(names)),
      ]),
    )
    .execute()
}

function membersOf(tx: Tx, teams: readonly string[]) {
  return tx
    .selectFrom('teamMembers')
    .innerJoin('teams', 'teams.id', 'teamMembers.team')
    .innerJoin('people', 'people.id', 'teamMembers.member')
    .select(['people.id', sql<string>`lower(teams.name)`.as('team')])
    .where('teams.removedAt', 'is', null)
    .where('people.removedAt', 'is', null)
    .where(sql<string>`lower(teams.name)`, '=', anyOf(teams))
    .execute()
}

function nameIn(owner: string): string {
  return owner.replace(/^@/, '').toLowerCase()
}

function teamIn(owner: string): string {
  return (/^@[^/]+\/(.+)$/.exec(owner)?.[1] ?? '').toLowerCase()
}
