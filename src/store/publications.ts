import type { Selectable } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import type { PublicationState, PublicationsTable, Tx } from './schema.ts'

export type PublicationRow = Selectable<PublicationsTable>

export interface Intention {
  readonly approval: string
  readonly task: string
  readonly branch: string
  readonly commit: string
  readonly push: boolean
  readonly createdAt: Instant
}

/**
 * Writes down what an approval is about to publish, before it is pushed. One approval has one intention for ever: asked
 * again (after a crash) the first is returned, and its branch and commit are the ones to push.
 */
export async function intendPublication(tx: Tx, intention: Intention): Promise<PublicationRow> {
  await tx
    .insertInto('publications')
    .values({ ...intention, state: 'intended' })
    .onConflict((conflict) => conflict.columns(['organisation', 'approval']).doNothing())
    .execute()
  return tx
    .selectFrom('publications')
    .selectAll()
    .where('approval', '=', intention.approval)
    .executeTakeFirstOrThrow()
}

export function publicationOf(tx: Tx, approval: string): Promise<PublicationRow | undefined> {
  return tx.selectFrom('publications').selectAll().where('approval', '=', approval).executeTakeFirst()
}

/** Ends an intended publication; false when it had ended already. */
export async function endPublication(
  tx: Tx,
  approval: string,
  state: Exclude<PublicationState, 'intended'>,
  endedAt: Instant,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('publications')
    .set({ state, endedAt })
    .where('approval', '=', approval)
    .where('state', '=', 'intended')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
