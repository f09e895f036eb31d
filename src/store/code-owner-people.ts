import { sql } from 'kysely'
import { anyOf } from './column.ts'
import type { Tx } from './schema.ts'

/**
 * Which people present are meant by owners as CODEOWNERS names them: an e-mail address, `@name` when exactly one person is
 * called so, or `@anything/team` for who is in the team of that name. Whoever is not here is in no list.
 */
export async function peopleOfOwners(
  tx: Tx,
  owners: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const people = await peopleCalled(tx, owners.map(nameIn))
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

function peopleCalled(tx: Tx, names: readonly string[]) {
  return tx
    .selectFrom('people')
    .select(['id', sql<string>`lower(name)`.as('name'), sql<string>`lower(email)`.as('email')])
    .where('removedAt', 'is', null)
    .where((column) =>
      column.or([
        column(sql<string>`lower(name)`, '=', anyOf(names)),
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
