import type { Selectable } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import type { Permission } from '#policy/action.ts'
import type { Binding } from '#policy/binding.ts'
import { json } from './column.ts'
import type { PersonRow } from './people.ts'
import { bindingsOf } from './role-bindings.ts'
import type { Tx } from './schema.ts'
import type { ServiceAccountRow } from './service-accounts.ts'
import type { AccessTokensTable, TokenKind } from './sign-in-schema.ts'
import { tokenId } from './token-id.ts'

export type AccessTokenRow = Selectable<AccessTokensTable>

export interface NewAccessToken {
  readonly hash: Uint8Array
  readonly person?: string
  readonly serviceAccount?: string
  readonly kind?: TokenKind
  readonly name?: string
  readonly permissions?: readonly Permission[]
  readonly createdAt: Instant
  readonly expiresAt?: Instant
}

/** Who a token stands for, what it was made for, and what they were given at places. */
export type TokenHolder = { readonly token: AccessTokenRow; readonly bindings: readonly Binding[] } & (
  | { readonly person: PersonRow; readonly serviceAccount?: undefined }
  | { readonly person?: undefined; readonly serviceAccount: ServiceAccountRow }
)

/** Keeps the SHA-256 hash of a token; the token itself is nowhere. */
export async function insertAccessToken(tx: Tx, token: NewAccessToken): Promise<AccessTokenRow> {
  const { permissions, ...columns } = token
  return tx
    .insertInto('accessTokens')
    .values({
      ...columns,
      id: tokenId(token.hash),
      hash: Buffer.from(token.hash),
      permissions: permissions === undefined ? null : json(permissions),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Whom a token stands for now; undefined when it is unknown, revoked or expired, or its holder was removed. */
export async function holderOfToken(tx: Tx, hash: Uint8Array, at: Instant): Promise<TokenHolder | undefined> {
  const token = await tx
    .selectFrom('accessTokens')
    .selectAll()
    .where('hash', '=', Buffer.from(hash))
    .where('revokedAt', 'is', null)
    .where((column) => column.or([column('expiresAt', 'is', null), column('expiresAt', '>', at)]))
    .executeTakeFirst()
  if (token === undefined) return undefined
  if (token.person !== null) {
    const person = await present(tx, 'people', token.person)
    return person && { token, person, bindings: await bindingsOf(tx, person.id) }
  }
  const serviceAccount = await present(tx, 'serviceAccounts', token.serviceAccount ?? '')
  return serviceAccount && { token, serviceAccount, bindings: await bindingsOf(tx, serviceAccount.id) }
}

/** Notes the use of a token, at most once a minute, so that reading does not become writing. */
export async function noteTokenUse(tx: Tx, hash: Uint8Array, at: Instant): Promise<void> {
  const aMinuteAgo = new Date(Date.parse(at) - 60_000).toISOString()
  await tx
    .updateTable('accessTokens')
    .set({ lastUsedAt: at })
    .where('hash', '=', Buffer.from(hash))
    .where((column) => column.or([column('lastUsedAt', 'is', null), column('lastUsedAt', '<', aMinuteAgo)]))
    .execute()
}

/** Tokens that were not revoked, the newest first; of one holder, or of everybody. At most 200. */
export function listAccessTokens(tx: Tx, holder?: string): Promise<AccessTokenRow[]> {
  let query = tx.selectFrom('accessTokens').selectAll().where('revokedAt', 'is', null)
  if (holder !== undefined)
    query = query.where((column) =>
      column.or([column('person', '=', holder), column('serviceAccount', '=', holder)]),
    )
  return query.orderBy('createdAt', 'desc').orderBy('id').limit(200).execute()
}

export function accessTokenById(tx: Tx, id: string): Promise<AccessTokenRow | undefined> {
  return tx.selectFrom('accessTokens').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Revokes a token; false when it was not valid any more. */
export async function revokeAccessToken(tx: Tx, hash: Uint8Array, revokedAt: Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('accessTokens')
    .set({ revokedAt })
    .where('hash', '=', Buffer.from(hash))
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Signs every command line of a person out that signed in through a browser. */
export async function revokeLogins(tx: Tx, person: string, revokedAt: Instant): Promise<void> {
  await tx
    .updateTable('accessTokens')
    .set({ revokedAt })
    .where('person', '=', person)
    .where('kind', '=', 'cli')
    .where('expiresAt', 'is not', null)
    .where('revokedAt', 'is', null)
    .execute()
}

async function present(tx: Tx, table: 'people', id: string): Promise<PersonRow | undefined>
async function present(tx: Tx, table: 'serviceAccounts', id: string): Promise<ServiceAccountRow | undefined>
async function present(tx: Tx, table: 'people' | 'serviceAccounts', id: string) {
  return tx
    .selectFrom(table)
    .selectAll()
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .executeTakeFirst()
}
