import type { Selectable } from 'kysely'
import type { ModelProtocol } from '#contract/api.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { ProvidersTable, Tx } from './schema.ts'

export type ProviderRow = Selectable<ProvidersTable>

export interface NewProvider {
  readonly name: string
  readonly protocol: ModelProtocol
  readonly baseUrl: string
  /** Sealed by the caller: the database never holds a key in the clear. */
  readonly sealedKey: Uint8Array
  readonly models: readonly string[]
  readonly createdAt: Instant
}

/** Keeps a provider; one of the same name is replaced. */
export async function saveProvider(tx: Tx, { name, ...provider }: NewProvider): Promise<void> {
  const row = {
    ...provider,
    sealedKey: Buffer.from(provider.sealedKey),
    models: json(provider.models),
  }
  await tx
    .insertInto('providers')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.columns(['organisation', 'name']).doUpdateSet(row))
    .execute()
}

export function providerByName(tx: Tx, name: string): Promise<ProviderRow | undefined> {
  return tx.selectFrom('providers').selectAll().where('name', '=', name).executeTakeFirst()
}

/** In the order they were added. */
export function listProviders(tx: Tx): Promise<ProviderRow[]> {
  return tx.selectFrom('providers').selectAll().orderBy('createdAt').orderBy('name').execute()
}

export async function removeProvider(tx: Tx, name: string): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('providers').where('name', '=', name).executeTakeFirst()
  return numDeletedRows === 1n
}
