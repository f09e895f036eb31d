import type { Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { Tx } from './schema.ts'
import type { ShareLinksTable } from './share-schema.ts'

export type ShareLinkRow = Selectable<ShareLinksTable>

export interface NewShareLink {
  readonly id: string
  readonly hash: Uint8Array
  readonly task: string
  readonly createdBy: Person
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export function insertShareLink(tx: Tx, link: NewShareLink): Promise<ShareLinkRow> {
  return tx
    .insertInto('shareLinks')
    .values({ ...link, hash: Buffer.from(link.hash), createdBy: json(link.createdBy) })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** One that still opens its task, by the hash of its secret: not revoked, in time, and whoever made it is still here. */
export function openShareLink(tx: Tx, hash: Uint8Array, at: Instant): Promise<ShareLinkRow | undefined> {
  return standing(tx, at).where('shareLinks.hash', '=', Buffer.from(hash)).executeTakeFirst()
}

/** Those that still open a task, the newest first. At most 200. */
export function shareLinksOf(tx: Tx, task: string, at: Instant): Promise<ShareLinkRow[]> {
  return standing(tx, at)
    .where('shareLinks.task', '=', task)
    .orderBy('createdAt', 'desc')
    .limit(200)
    .execute()
}

/** False when that task has no such link any more. */
export async function revokeShareLink(
  tx: Tx,
  { id, task }: { readonly id: string; readonly task: string },
  revokedAt: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('shareLinks')
    .set({ revokedAt })
    .where('id', '=', id)
    .where('task', '=', task)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', revokedAt)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function noteShareOpened(tx: Tx, id: string, lastOpenedAt: Instant): Promise<void> {
  await tx
    .updateTable('shareLinks')
    .set((column) => ({ opened: column('opened', '+', 1), lastOpenedAt }))
    .where('id', '=', id)
    .execute()
}

function standing(tx: Tx, at: Instant) {
  return tx
    .selectFrom('shareLinks')
    .selectAll()
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', at)
    .where((link) =>
      link.exists(
        link
          .selectFrom('people')
          .select('people.id')
          .where('people.removedAt', 'is', null)
          .whereRef('people.id', '=', (of) => of.ref('shareLinks.createdBy', '->>').key('id')),
      ),
    )
}
