import { encodeApproval, verifyApproval } from '#audit/approval.ts'
import type { Envelope } from '#audit/dsse.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { equalBytes, utf8 } from '#kernel/bytes.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { approvalById } from '#store/approvals.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import type { Workshop } from './workshop.ts'

/**
 * The approval that moved the task to `approved`, and no other: named by the task's own row, signed by this installation, and
 * about this very task. Rows alone, whoever wrote them, let nothing out that was not signed.
 */
export async function standingApproval(
  { verifierKey }: Workshop,
  tx: Tx,
  task: TaskRow,
): Promise<Result<ApprovalTuple>> {
  const row = task.approval === null ? undefined : await approvalById(tx, task.approval)
  if (row === undefined) return voided('No approval stands for this task.')
  const signed = verifyApproval(row.envelope as Envelope, verifierKey)
  if (!signed.ok) return voided(signed.failure.message)
  const approval = signed.value
  const isThisOne =
    approval.id === task.approval && approval.task === task.id && approval.organisation === task.organisation
  if (!isThisOne || !equalBytes(utf8(row.tuple), encodeApproval(approval)))
    return voided('The approval is about something else.')
  return ok(approval)
}

function voided(message: string): Result<never> {
  return refused({
    code: 'approval_void',
    rule: 'approval.signed',
    message,
    remedy: 'Review the task again; if nobody touched the database, report this.',
  })
}
