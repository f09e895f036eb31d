import type { Selectable } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { ApprovalsTable, Tx } from './schema.ts'

export type ApprovalRow = Selectable<ApprovalsTable>

export interface NewApproval {
  readonly id: string
  readonly task: string
  /** The canonical JSON text of the signed tuple, to the byte. */
  readonly tuple: string
  readonly envelope: unknown
  readonly createdAt: Instant
  readonly waits: boolean
  readonly asked?: unknown
  readonly taskVersion: number
}

export async function insertApproval(tx: Tx, { asked, envelope, ...columns }: NewApproval): Promise<void> {
  await tx
    .insertInto('approvals')
    .values({
      ...columns,
      envelope: json(envelope),
      asked: asked === undefined ? null : json(asked),
    })
    .execute()
}

export function approvalById(tx: Tx, id: string): Promise<ApprovalRow | undefined> {
  return tx.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst()
}

/** The approvals of a task that wait for others, or did: in which order, and whether they were used, the log says. */
export function partsOfTask(tx: Tx, task: string): Promise<ApprovalRow[]> {
  return tx.selectFrom('approvals').selectAll().where('task', '=', task).where('waits', '=', true).execute()
}
