import { approvalDigest, encodeApproval, verifyApproval, verifyPart } from '#audit/approval.ts'
import type { Envelope } from '#audit/dsse.ts'
import { quorumFaults } from '#audit/quorum.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { equalBytes, utf8 } from '#kernel/bytes.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { approvalById, partsOfTask } from '#store/approvals.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import type { Workshop } from './workshop.ts'

/** An approval that lets something out, with the signed approvals on which it rests. */
export interface StandingApproval {
  readonly approval: ApprovalTuple
  readonly envelope: Envelope
  readonly parts: readonly Envelope[]
}

/**
 * The approval that moved the task to `approved`, and no other: named by the task's own row, signed by this installation,
 * about this very task, and resting on as many others as it says. Rows alone, whoever wrote them, let nothing out that was
 * not signed; an approval that waits for others is signed as something else.
 */
export async function standingApproval(
  { verifierKey }: Pick<Workshop, 'verifierKey'>,
  tx: Tx,
  task: TaskRow,
): Promise<Result<StandingApproval>> {
  const row = task.approval === null ? undefined : await approvalById(tx, task.approval)
  if (row === undefined) return voided('No approval stands for this task.')
  const envelope = row.envelope as Envelope
  const signed = verifyApproval(envelope, verifierKey)
  if (!signed.ok) return voided(signed.failure.message)
  const approval = signed.value
  const isThisOne =
    approval.id === task.approval && approval.task === task.id && approval.organisation === task.organisation
  if (!isThisOne || !equalBytes(utf8(row.tuple), encodeApproval(approval)))
    return voided('The approval is about something else.')
  const given = (await partsOfTask(tx, task.id)).flatMap((part) => {
    const read = verifyPart(part.envelope as Envelope, verifierKey)
    return read.ok ? [{ tuple: read.value, envelope: part.envelope as Envelope }] : []
  })
  const named = (approval.quorum?.with ?? []).map(({ approval: digest }) => digest)
  const parts = named.flatMap((digest) => given.find(({ tuple }) => approvalDigest(tuple) === digest) ?? [])
  const [fault] = quorumFaults(
    approval,
    parts.map(({ tuple }) => tuple),
  )
  if (fault !== undefined) return voided(fault)
  return ok({ approval, envelope, parts: parts.map((part) => part.envelope) })
}

function voided(message: string): Result<never> {
  return refused({
    code: 'approval_void',
    rule: 'approval.signed',
    message,
    remedy: 'Review the task again; if nobody touched the database, report this.',
  })
}
