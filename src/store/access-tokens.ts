import type { Instant } from '#kernel/instant.ts'
import type { PersonRow } from './people.ts'
import type { Tx } from './schema.ts'

/** Keeps the SHA-256 hash of a token; the token itself is nowhere. */
export async function insertAccessToken(
  tx: Tx,
  token: { readonly hash: Uint8Array; readonly person: string; readonly createdAt: Instant },
): Promise<void> {
  await tx
    .insertInto('accessTokens')
    .values({ ...token, hash: Buffer.from(token.hash) })
    .execute()
}

/** The person a token stands for; undefined when it is unknown or revoked, or the person was removed. */
export function personOfToken(tx: Tx, hash: Uint8Array): Promise<PersonRow | undefined> {
  return tx
    .selectFrom('accessTokens')
    .innerJoin('people', 'people.id', 'accessTokens.person')
    .selectAll('people')
    .where('accessTokens.hash', '=', Buffer.from(hash))
    .where('accessTokens.revokedAt', 'is', null)
    .where('people.removedAt', 'is', null)
    .executeTakeFirst()
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
