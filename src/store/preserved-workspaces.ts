import type { Selectable } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import type { PreservedWorkspacesTable, Tx } from './schema.ts'

export type PreservedRow = Selectable<PreservedWorkspacesTable>

/** Writes down that a workspace is kept. A task keeps one: the former is ended first. */
export async function insertPreserved(
  tx: Tx,
  preserved: Omit<PreservedRow, 'organisation' | 'destroyedAt'>,
): Promise<PreservedRow> {
  return tx.insertInto('preservedWorkspaces').values(preserved).returningAll().executeTakeFirstOrThrow()
}

/** The one that is kept for a task now. */
export function preservedOf(tx: Tx, task: string): Promise<PreservedRow | undefined> {
  return tx
    .selectFrom('preservedWorkspaces')
    .selectAll()
    .where('task', '=', task)
    .where('destroyedAt', 'is', null)
    .executeTakeFirst()
}

/** Everything that is kept, what expires first before the rest. */
export function allPreserved(tx: Tx): Promise<PreservedRow[]> {
  return tx
    .selectFrom('preservedWorkspaces')
    .selectAll()
    .where('destroyedAt', 'is', null)
    .orderBy('expiresAt')
    .orderBy('id')
    .execute()
}

/** Notes that a workspace is gone; false when that was noted before. */
export async function endPreserved(tx: Tx, id: string, destroyedAt: Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('preservedWorkspaces')
    .set({ destroyedAt })
    .where('id', '=', id)
    .where('destroyedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
