import type { Instant } from '#kernel/instant.ts'
import type { PersonRow } from './people.ts'
import type { Tx } from './schema.ts'

/** Says that whoever signs in as that identity is this person; whoever was it before is not any more. */
export async function linkIdentity(
  tx: Tx,
  link: { readonly identity: string; readonly person: string; readonly createdAt: Instant },
): Promise<void> {
  await tx
    .deleteFrom('personIdentities')
    .where((column) =>
      column.or([column('identity', '=', link.identity), column('person', '=', link.person)]),
    )
    .execute()
  await tx.insertInto('personIdentities').values(link).execute()
}

export async function unlinkIdentity(tx: Tx, identity: string): Promise<void> {
  await tx.deleteFrom('personIdentities').where('identity', '=', identity).execute()
}

/** The present person who signs in as that identity. */
export function personOfIdentity(tx: Tx, identity: string): Promise<PersonRow | undefined> {
  return tx
    .selectFrom('personIdentities')
    .innerJoin('people', 'people.id', 'personIdentities.person')
    .selectAll('people')
    .where('personIdentities.identity', '=', identity)
    .where('people.removedAt', 'is', null)
    .executeTakeFirst()
}

/** As whom a person signs in, where they do. */
export async function identityOfPerson(tx: Tx, person: string): Promise<string | undefined> {
  const row = await tx
    .selectFrom('personIdentities')
    .select('identity')
    .where('person', '=', person)
    .executeTakeFirst()
  return row?.identity
}

export async function hasIdentity(tx: Tx, person: string): Promise<boolean> {
  return (await identityOfPerson(tx, person)) !== undefined
}
