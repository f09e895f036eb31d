import type { Selectable } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import type { Role } from '#policy/role.ts'
import type { PeopleTable, Tx } from './schema.ts'

export type PersonRow = Selectable<PeopleTable>

export interface NewPerson {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly createdAt: Instant
}

/** Inserts a person; undefined when somebody present already has that e-mail address. */
export async function insertPerson(tx: Tx, person: NewPerson): Promise<PersonRow | undefined> {
  return tx
    .insertInto('people')
    .values(person)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Also somebody who was removed: their name stays on what they did. */
export function personById(tx: Tx, id: string): Promise<PersonRow | undefined> {
  return tx.selectFrom('people').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Somebody present, by id or e-mail address. */
export function personByReference(tx: Tx, reference: string): Promise<PersonRow | undefined> {
  return tx
    .selectFrom('people')
    .selectAll()
    .where('removedAt', 'is', null)
    .where((column) =>
      column.or([
        column('id', '=', reference),
        column((of) => of.fn<string>('lower', ['email']), '=', reference.toLowerCase()),
      ]),
    )
    .executeTakeFirst()
}

/** People present, by id; `after` is the last id of the page before. */
export function listPeople(
  tx: Tx,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<PersonRow[]> {
  let query = tx.selectFrom('people').selectAll().where('removedAt', 'is', null)
  if (page.after !== undefined) query = query.where('id', '>', page.after)
  return query.orderBy('id').limit(page.limit).execute()
}

/** Ids of the owners present. */
export async function ownersOf(tx: Tx): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('people')
    .select('id')
    .where('removedAt', 'is', null)
    .where('role', '=', 'owner')
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Ids of the owners present, none of whom can be removed by anybody else until this transaction ends. */
export async function lockOwners(tx: Tx): Promise<readonly string[]> {
  const owners = await tx
    .selectFrom('people')
    .select('id')
    .where('removedAt', 'is', null)
    .where('role', '=', 'owner')
    .orderBy('id')
    .forUpdate()
    .execute()
  return owners.map(({ id }) => id)
}

/** Removes somebody and revokes every token of theirs; false when there is nobody of that id. */
export async function removePerson(tx: Tx, id: string, removedAt: Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('people')
    .set({ removedAt })
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .executeTakeFirst()
  await tx
    .updateTable('accessTokens')
    .set({ revokedAt: removedAt })
    .where('person', '=', id)
    .where('revokedAt', 'is', null)
    .execute()
  return numUpdatedRows === 1n
}
