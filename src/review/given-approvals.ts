import { z } from 'zod'
import { encodeApproval, verifyPart } from '#audit/approval.ts'
import type { Envelope } from '#audit/dsse.ts'
import { type ApprovalSubject, ageAt, isAbout } from '#audit/quorum.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { equalBytes, utf8 } from '#kernel/bytes.ts'
import { memberOf } from '#policy/actor.ts'
import { rolesAt } from '#policy/binding.ts'
import { decide, type Question, refusalOf } from '#policy/decide.ts'
import type { Policy } from '#policy/policy.ts'
import type { Standing } from '#policy/quorum.ts'
import { partsSinceLast } from '#store/approvals.ts'
import { personById } from '#store/people.ts'
import { bindingsOf } from '#store/role-bindings.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** By which way and when somebody approved, and what they proved: the rest of what they were asked is known. */
export const AskedThen = z.strictObject({
  channel: z.string(),
  secondFactor: z.boolean(),
  moment: z.strictObject({ hour: z.int(), minute: z.int(), weekday: z.string() }),
})
export type AskedThen = z.infer<typeof AskedThen>

/** An approval that waits for others. */
export interface WaitingApproval {
  readonly approval: ApprovalTuple
  readonly asked: AskedThen
}

/** One of them, and why it counts no more, or what its giver is now. */
export interface GivenApproval {
  readonly approval: ApprovalTuple
  readonly standing?: Standing
  readonly void?: string
}

/** The approvals of this attempt that wait for others, the newest first; only what this installation signed. */
export async function approvalsThatWait(
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
    const { organisation, attempt } = approval
    const isOfTask =
      approval.task === task.id && organisation === task.organisation && attempt === task.attempt
    const isThisOne = approval.id === id && equalBytes(utf8(tuple), encodeApproval(approval))
    return isOfTask && isThisOne ? [{ approval, asked: asked.data }] : []
  })
}

/**
 * Which of them stand, the newest of each person: those of exactly this, after which nobody approved something else, whose
 * giver could approve it now as well.
 */
export async function whichStand(
  tx: Tx,
  waiting: readonly WaitingApproval[],
  about: {
    readonly subject: ApprovalSubject
    readonly question: Question
    readonly policy: Policy
    readonly now: string
  },
): Promise<readonly GivenApproval[]> {
  const found: GivenApproval[] = []
  let same = true
  for (const { approval, asked } of waiting) {
    same &&= isAbout(approval, about.subject)
    if (found.some((newer) => newer.approval.approver.id === approval.approver.id)) continue
    const judged = same
      ? await giverNow(tx, approval, asked, about)
      : { void: otherwiseIn(approval, about.subject) }
    found.push({ approval, ...judged })
  }
  return found
}

/** The question of now, asked by the same way, at the same time of day and with the same proof as then, of whoever they are now. */
async function giverNow(
  tx: Tx,
  approval: ApprovalTuple,
  asked: AskedThen,
  { question, policy, now }: { question: Question; policy: Policy; now: string },
): Promise<{ readonly standing: Standing } | { readonly void: string }> {
  const person = await personById(tx, approval.approver.id)
  if (person === undefined || person.removedAt !== null) return { void: 'They are not here any more.' }
  const { id, name, email, role } = person
  const { organisation } = question.place
  const member = memberOf(organisation, { id, name, email }, role, await bindingsOf(tx, id))
  const actor = { ...member, channel: asked.channel }
  const facts = {
    ...question.facts,
    requestedByActor: approval.requester.id === id,
    secondFactor: asked.secondFactor,
  }
  const decision = decide(policy.engine, { ...question, actor, facts }, asked.moment)
  if (decision.effect === 'deny')
    return { void: `They could not approve it now: ${refusalOf(decision).message}` }
  const roles = rolesAt(actor.bindings, question.place)
  return { standing: { person: id, role: roles.at(-1), ageInSeconds: ageAt(approval, now) } }
}

/** What a person may want to know of why an approval is of something else. */
function otherwiseIn(approval: ApprovalTuple, subject: ApprovalSubject): string {
  if (approval.patchDigest !== subject.patchDigest) return 'The patch is another one since.'
  if (approval.gateReportDigest !== subject.gateReportDigest)
    return 'What the checks found, or why it may stand, is another since.'
  if (approval.policyVersion !== subject.policyVersion) return 'The policies are others since.'
  return 'It was approved with another message, branch or way since.'
}
