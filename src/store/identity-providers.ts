import type { Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { Tx } from './schema.ts'
import type { IdentityProvidersTable } from './sign-in-schema.ts'

export type IdentityProviderRow = Selectable<IdentityProvidersTable>

export interface NewIdentityProvider {
  readonly id: string
  readonly kind: 'oidc' | 'saml'
  readonly issuer: string
  readonly domain: string
  readonly createdBy: Person
  readonly createdAt: Instant
}

/** Says that this organisation takes an identity provider's word for people of one domain; one that was removed comes back anew. */
export async function insertIdentityProvider(tx: Tx, provider: NewIdentityProvider): Promise<void> {
  await tx
    .insertInto('identityProviders')
    .values({ ...provider, createdBy: json(provider.createdBy) })
    .onConflict((conflict) =>
      conflict.columns(['organisation', 'id']).doUpdateSet({
        ...{
          kind: provider.kind,
          issuer: provider.issuer,
          domain: provider.domain,
          createdAt: provider.createdAt,
        },
        createdBy: json(provider.createdBy),
        removedAt: null,
      }),
    )
    .execute()
}

export function listIdentityProviders(tx: Tx): Promise<IdentityProviderRow[]> {
  return tx
    .selectFrom('identityProviders')
    .selectAll()
    .where('removedAt', 'is', null)
    .orderBy('id')
    .limit(200)
    .execute()
}

export function identityProviderById(tx: Tx, id: string): Promise<IdentityProviderRow | undefined> {
  return tx
    .selectFrom('identityProviders')
    .selectAll()
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .executeTakeFirst()
}

export async function removeIdentityProvider(tx: Tx, id: string, removedAt: Instant): Promise<void> {
  await tx.updateTable('identityProviders').set({ removedAt }).where('id', '=', id).execute()
}
