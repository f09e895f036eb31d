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
}

export async function insertApproval(tx: Tx, approval: NewApproval): Promise<void> {
  await tx
    .insertInto('approvals')
    .values({ ...approval, envelope: json(approval.envelope) })
    .execute()
}

export function approvalById(tx: Tx, id: string): Promise<ApprovalRow | undefined> {
  return tx.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst()
}
