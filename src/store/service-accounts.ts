import type { Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Role } from '#policy/role.ts'
import { json } from './column.ts'
import type { Tx } from './schema.ts'
import type { ServiceAccountsTable } from './sign-in-schema.ts'

export type ServiceAccountRow = Selectable<ServiceAccountsTable>

export interface NewServiceAccount {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly createdBy: Person
  readonly createdAt: Instant
}

/** Inserts a service account; undefined when one of that name is there. */
export function insertServiceAccount(
  tx: Tx,
  account: NewServiceAccount,
): Promise<ServiceAccountRow | undefined> {
  return tx
    .insertInto('serviceAccounts')
    .values({ ...account, createdBy: json(account.createdBy) })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Those that were not removed, by name. At most 200. */
export function listServiceAccounts(tx: Tx): Promise<ServiceAccountRow[]> {
  return tx
    .selectFrom('serviceAccounts')
    .selectAll()
    .where('removedAt', 'is', null)
    .orderBy('name')
    .limit(200)
    .execute()
}

/** One that was not removed, by id or name; an id is never mistaken for somebody's name. */
export function serviceAccountByReference(tx: Tx, reference: string): Promise<ServiceAccountRow | undefined> {
  return tx
    .selectFrom('serviceAccounts')
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

/** Removes a service account and revokes every key of it. */
export async function removeServiceAccount(tx: Tx, id: string, removedAt: Instant): Promise<void> {
  await tx.updateTable('serviceAccounts').set({ removedAt }).where('id', '=', id).execute()
  await tx
    .updateTable('accessTokens')
    .set({ revokedAt: removedAt })
    .where('serviceAccount', '=', id)
    .where('revokedAt', 'is', null)
    .execute()
}
