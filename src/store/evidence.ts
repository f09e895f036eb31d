import type { Instant } from '#kernel/instant.ts'
import type { Tx } from './schema.ts'

/** Keeps the signed bundle of a published commit. The first one stays: a commit is published once. */
export async function saveEvidence(
  tx: Tx,
  evidence: {
    readonly commit: string
    readonly task: string
    readonly bundle: string
    readonly createdAt: Instant
  },
): Promise<void> {
  await tx
    .insertInto('evidence')
    .values(evidence)
    .onConflict((conflict) => conflict.columns(['organisation', 'commit']).doNothing())
    .execute()
}

/** The bundle of a commit, and of which task it is. */
export function evidenceOf(
  tx: Tx,
  commit: string,
): Promise<{ readonly bundle: string; readonly task: string } | undefined> {
  return tx.selectFrom('evidence').select(['bundle', 'task']).where('commit', '=', commit).executeTakeFirst()
}
