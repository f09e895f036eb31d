import type { Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { Tx } from './schema.ts'
import type { PasswordResetsTable } from './sign-in-schema.ts'

export type PasswordResetRow = Selectable<PasswordResetsTable>

export interface NewPasswordReset {
  readonly id: string
  readonly hash: Uint8Array
  readonly person: string
  readonly secondFactor: boolean
  readonly createdBy: Person
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

/** Keeps the hash of a link by which somebody chooses a new password; an older one of theirs is taken back. */
export async function insertPasswordReset(tx: Tx, reset: NewPasswordReset): Promise<void> {
  await revokePasswordResets(tx, reset.person, reset.createdAt)
  const { hash, createdBy, ...columns } = reset
  await tx
    .insertInto('passwordResets')
    .values({ ...columns, hash: Buffer.from(hash), createdBy: json(createdBy) })
    .execute()
}

/** One that can still be used, by the hash of its secret. */
export function openPasswordReset(
  tx: Tx,
  hash: Uint8Array,
  at: Instant,
): Promise<PasswordResetRow | undefined> {
  return tx
    .selectFrom('passwordResets')
    .selectAll()
    .where('hash', '=', Buffer.from(hash))
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', at)
    .executeTakeFirst()
}

/** Of two who use it at the same moment, one is told true. */
export async function usePasswordReset(tx: Tx, id: string, usedAt: Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('passwordResets')
    .set({ usedAt })
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', usedAt)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function revokePasswordResets(tx: Tx, person: string, revokedAt: Instant): Promise<void> {
  await tx
    .updateTable('passwordResets')
    .set({ revokedAt })
    .where('person', '=', person)
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .execute()
}
