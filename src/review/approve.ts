import { approvalDigest, encodeApproval, PART_ACTION, sealApproval, sealPart } from '#audit/approval.ts'
import type { Envelope } from '#audit/dsse.ts'
import { isAbout } from '#audit/quorum.ts'
import type { ApprovalRequest, ApprovalTuple } from '#contract/review.ts'
import type { Task } from '#contract/task.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { rolesAt } from '#policy/binding.ts'
import type { Question } from '#policy/decide.ts'
import { type Standing, type Weighed, weigh } from '#policy/quorum.ts'
import { insertApproval, type NewApproval } from '#store/approvals.ts'
import type { TaskRow } from '#store/schema.ts'
import { taskView } from '#store/task-view.ts'
import { moveTask, taskById } from '#store/tasks.ts'
import { logAction } from '#tasks/log-action.ts'
import { mayBegin } from '#tasks/may-begin.ts'
import { move } from '#tasks/move.ts'
import { decisionForLog, type Permitted, permit } from '#tasks/permit.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { approvable } from './approvable.ts'
import { approvalQuestion } from './approval-question.ts'
import { changed, nothingToApprove, twice } from './approval-refusals.ts'
import { subjectFor, wordingOf } from './approval-subject.ts'
import { approvalsView } from './approvals-view.ts'
import { type GivenApproval, givenApprovals } from './given-approvals.ts'
import { claimsFor, quorumOf } from './quorum.ts'
import type { AskedThen } from './waiting-approvals.ts'

/**
 * A person lets exactly this patch out, or is one of several who do. What they agreed to is written as one signed tuple;
 * only that of the last one makes the publisher push. Refuses when the patch is not any more the one on their screen, when
 * they asked for the change themselves and somebody else could approve, when they approved it already, when the scan found
 * something that nobody mended or justified, or when the branch is not a feature branch of Airlock's.
 */
export async function approve(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  request: ApprovalRequest,
): Promise<Result<Task>> {
  const seen = await mayBegin(workshop, actor, 'task.show', { kind: 'task', reference })
  if (!seen.ok) return seen
  const found = await findTask(workshop.store, actor.organisation, reference)
  if (!found.ok) return found
  const task = found.value
  const approvedAt = instantOf(workshop.clock())
  const given = await givenApprovals(workshop, actor, task, approvedAt)
  const wording = wordingOf(task, request, given.find(stands)?.approval)
  const question = await workshop.store.inOrganisation(task.organisation, (tx) =>
    approvalQuestion(tx, actor, task, wording.branch),
  )
  const allowed = await permit(workshop, question)
  if (!allowed.ok) return allowed
  const there = await approvable(workshop, task, request.patchDigest, wording)
  if (!there.ok) return there
  const { review, said } = there.value
  const claims = await claimsFor(workshop, task, review.patch, allowed.value.decision)
  if (!claims.ok) return claims
  const subject = subjectFor(task, review, said, allowed.value.policyVersion)
  const approval = { ...subject, id: newId('apr', workshop.random), approver: actor.person, approvedAt }
  const same = given.filter((each) => stands(each) && isAbout(each.approval, subject))
  const others = same.filter((each) => !isBy(actor, each))
  const weighed = weigh(claims.value, [
    ...others.flatMap(({ standing = [] }) => standing),
    standingOf(question),
  ])
  if (weighed.every(({ missing }) => missing === 0))
    return letOut(workshop, actor, task, { ...approval, ...quorumOf(weighed, others) }, allowed.value)
  const mine = same.find((each) => isBy(actor, each))?.standing?.ageInSeconds
  if (mine !== undefined && claims.value.every(({ withinSeconds }) => mine <= withinSeconds))
    return refused(twice(task, weighed))
  return addTo(workshop, question, task, approval, allowed.value, weighed)
}

function stands({ standing }: GivenApproval): boolean {
  return standing !== undefined
}

function isBy(actor: Actor, { approval }: GivenApproval): boolean {
  return approval.approver.id === actor.person.id
}

/** What the asker would add. */
function standingOf({ actor, place }: Question): Standing {
  return { person: actor.person.id, role: rolesAt(actor.bindings, place).at(-1), ageInSeconds: 0 }
}

/** Enough approved: the task goes on to its publication. */
async function letOut(
  workshop: Workshop,
  actor: Actor,
  task: TaskRow,
  approval: ApprovalTuple,
  allowed: Permitted,
): Promise<Result<Task>> {
  const envelope = await sealApproval(approval, workshop.signer)
  const moved = await move(workshop, task, {
    by: { kind: 'person', id: actor.person.id },
    command: {
      name: 'approve',
      approval: approvalDigest(approval),
      patch: approval.patchDigest,
      decision: decisionForLog(allowed),
    },
    columns: { approval: approval.id },
    also: (tx) => insertApproval(tx, rowOf(task, approval, envelope, false)),
  })
  if (!moved.ok) return moved
  return ok(await workshop.store.inOrganisation(actor.organisation, (tx) => taskView(tx, moved.value)))
}

/** More have to approve: what this one agreed to is kept, and lets nothing out. */
async function addTo(
  workshop: Workshop,
  question: Question,
  task: TaskRow,
  approval: ApprovalTuple,
  allowed: Permitted,
  weighed: readonly Weighed[],
): Promise<Result<Task>> {
  if (task.state !== 'awaiting_review') return refused(nothingToApprove(task))
  const { actor } = question
  const envelope = await sealPart(approval, workshop.signer)
  const asked: AskedThen = {
    channel: actor.channel,
    secondFactor: actor.confirmed?.method === 'second-factor',
    moment: (await workshop.policyOf(task.organisation)).now(),
  }
  const { approvedAt: updatedAt } = approval
  const now = await workshop.store.inOrganisation(actor.organisation, async (tx) => {
    if (!(await moveTask(tx, { id: task.id, fromVersion: task.version, patch: { updatedAt } })))
      return undefined
    await insertApproval(tx, { ...rowOf(task, approval, envelope, true), asked })
    await logAction(tx, workshop.clock, actor, PART_ACTION, task.id, {
      approval: approvalDigest(approval),
      patch: approval.patchDigest,
      decision: decisionForLog(allowed),
      missing: weighed.map(({ claim, missing }) => ({ rule: claim.rule, missing })),
    })
    return taskById(tx, task.id)
  })
  if (now === undefined) return refused(changed(task))
  const view = await workshop.store.inOrganisation(actor.organisation, (tx) => taskView(tx, now))
  return ok({ ...view, ...(await approvalsView(workshop, actor, now)) })
}

function rowOf(task: TaskRow, approval: ApprovalTuple, envelope: Envelope, waits: boolean): NewApproval {
  return {
    id: approval.id,
    task: task.id,
    tuple: Buffer.from(encodeApproval(approval)).toString('utf8'),
    envelope,
    createdAt: approval.approvedAt,
    waits,
    taskVersion: task.version,
  }
}
