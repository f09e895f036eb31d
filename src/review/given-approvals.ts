import { type ApprovalSubject, ageAt, isAbout } from '#audit/quorum.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import type { Instant } from '#kernel/instant.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import { rolesAt } from '#policy/binding.ts'
import { decide, type Question, refusalOf } from '#policy/decide.ts'
import type { Policy } from '#policy/policy.ts'
import type { Standing } from '#policy/quorum.ts'
import { personById } from '#store/people.ts'
import { bindingsOf } from '#store/role-bindings.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { approvalQuestion } from './approval-question.ts'
import { subjectFor, underReview } from './approval-subject.ts'
import { type AskedThen, type WaitingApproval, waitingApprovals } from './waiting-approvals.ts'

/** An approval that waits for others: what its giver is at the place now, or why it counts no more. */
export interface GivenApproval {
  readonly approval: ApprovalTuple
  readonly standing?: Standing
  readonly void?: string
}

/**
 * The newest of each person's approvals that wait for others. Those stand that are about what is under review in the words
 * of the newest, after which nobody approved something else, and whose giver could give it now as well.
 */
export async function givenApprovals(
  workshop: Workshop,
  actor: Actor,
  task: TaskRow,
  now: Instant,
): Promise<readonly GivenApproval[]> {
  const { store } = workshop
  const waiting = await store.inOrganisation(task.organisation, (tx) => waitingApprovals(workshop, tx, task))
  const [newest] = waiting
  const review = newest === undefined ? undefined : await underReview(workshop, task)
  if (newest === undefined || review === undefined) return []
  const policy = await workshop.policyOf(task.organisation)
  const subject = subjectFor(task, review, newest.approval, policy.version)
  return store.inOrganisation(task.organisation, async (tx) => {
    const question = await approvalQuestion(tx, actor, task, newest.approval.branch)
    return judged(tx, waiting, { subject, question, policy, now })
  })
}

interface Now {
  readonly subject: ApprovalSubject
  readonly question: Question
  readonly policy: Policy
  readonly now: Instant
}

async function judged(
  tx: Tx,
  waiting: readonly WaitingApproval[],
  about: Now,
): Promise<readonly GivenApproval[]> {
  const found: GivenApproval[] = []
  let same = true
  for (const { approval, asked } of waiting) {
    same &&= isAbout(approval, about.subject)
    if (found.some((newer) => newer.approval.approver.id === approval.approver.id)) continue
    const judgement = same
      ? await giverNow(tx, approval, asked, about)
      : { void: otherwiseIn(approval, about.subject) }
    found.push({ approval, ...judgement })
  }
  return found
}

/** The question of now, asked by the same way, at the same time of day and with the same proof as then, of whoever they are now. */
async function giverNow(
  tx: Tx,
  approval: ApprovalTuple,
  asked: AskedThen,
  { question, policy, now }: Now,
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
