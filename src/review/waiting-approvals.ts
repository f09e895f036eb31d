import { z } from 'zod'
import { encodeApproval, verifyPart } from '#audit/approval.ts'
import type { Envelope } from '#audit/dsse.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { equalBytes, utf8 } from '#kernel/bytes.ts'
import { partsSinceLast } from '#store/approvals.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** By which way and when somebody approved, and what they proved: the rest of what they were asked is known. */
export const AskedThen = z.strictObject({
  channel: z.string(),
  secondFactor: z.boolean(),
  moment: z.strictObject({ hour: z.int(), minute: z.int(), weekday: z.string() }),
})
export type AskedThen = z.infer<typeof AskedThen>

/** An approval that waits for those of others. */
export interface WaitingApproval {
  readonly approval: ApprovalTuple
  readonly asked: AskedThen
}

/** Those of the attempt at hand, the newest first; only what this installation signed. */
export async function waitingApprovals(
  { verifierKey }: Pick<Workshop, 'verifierKey'>,
  tx: Tx,
  task: TaskRow,
): Promise<readonly WaitingApproval[]> {
  const rows = await partsSinceLast(tx, task.id)
  return rows.flatMap(({ id, tuple, envelope, ...row }) => {
    const signed = verifyPart(envelope as Envelope, verifierKey)
    const asked = AskedThen.safeParse(row.asked)
    if (!signed.ok || !asked.success) return []
    const { value: approval } = signed
    const isOfTask = approval.task === task.id && approval.organisation === task.organisation
    const isThisOne = approval.id === id && equalBytes(utf8(tuple), encodeApproval(approval))
    const isOfNow = approval.attempt === task.attempt
    return isOfTask && isThisOne && isOfNow ? [{ approval, asked: asked.data }] : []
  })
}
