import { z } from 'zod'
import { APPROVAL_ACTION, approvalDigest, encodeApproval, PART_ACTION, verifyPart } from '#audit/approval.ts'
import type { Envelope } from '#audit/dsse.ts'
import { decodeEntry } from '#audit/entry.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { equalBytes, utf8 } from '#kernel/bytes.ts'
import { partsOfTask } from '#store/approvals.ts'
import { entriesAbout } from '#store/audit-log.ts'
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

/**
 * Those of the attempt at hand that were given since one last let something out, the newest first: those before it were used, whatever
 * became of what they let out. Only what this installation signed, and in the order of the log, which nobody rewrites.
 */
export async function waitingApprovals(
  { verifierKey }: Pick<Workshop, 'verifierKey'>,
  tx: Tx,
  task: TaskRow,
): Promise<readonly WaitingApproval[]> {
  const rows = await partsOfTask(tx, task.id)
  if (rows.length === 0) return []
  const places = await placesInLog(tx, task.id)
  const found = rows.flatMap(({ id, tuple, envelope, ...row }) => {
    const signed = verifyPart(envelope as Envelope, verifierKey)
    const asked = AskedThen.safeParse(row.asked)
    if (!signed.ok || !asked.success) return []
    const { value: approval } = signed
    const place = places.get(approvalDigest(approval))
    const isOfTask = approval.task === task.id && approval.organisation === task.organisation
    const isThisOne = approval.id === id && equalBytes(utf8(tuple), encodeApproval(approval))
    const isOfNow = place !== undefined && approval.attempt === task.attempt
    return isOfTask && isThisOne && isOfNow ? [{ place, approval, asked: asked.data }] : []
  })
  return found.toSorted((a, b) => b.place - a.place).map(({ approval, asked }) => ({ approval, asked }))
}

/** Where the log has the approvals, by their digests, that were given since the last one that let something out. */
async function placesInLog(tx: Tx, task: string): Promise<ReadonlyMap<string, number>> {
  const places = new Map<string, number>()
  for (const { index, bytes } of await entriesAbout(tx, task, Number.MAX_SAFE_INTEGER)) {
    const entry = decodeEntry(bytes)
    if (!entry.ok) continue
    const { action, data } = entry.value
    if (action === APPROVAL_ACTION) places.clear()
    if (action === PART_ACTION) places.set(String(data.approval), index)
  }
  return places
}
