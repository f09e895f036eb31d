import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { Tx } from './schema.ts'

/** A setting as it was written; its reader parses it. */
export async function setting(tx: Tx, name: string): Promise<unknown> {
  const row = await tx.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value
}

export async function changeSetting(tx: Tx, name: string, value: unknown, updatedAt: Instant): Promise<void> {
  const row = { value: json(value), updatedAt }
  await tx
    .insertInto('settings')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.columns(['organisation', 'name']).doUpdateSet(row))
    .execute()
}
