import { approvalDigest, encodeApproval, sealApproval } from '#audit/approval.ts'
import { gateReportDigest } from '#audit/statement.ts'
import type { ApprovalRequest, ApprovalTuple } from '#contract/review.ts'
import { openFindings, type ReportedFinding } from '#contract/scan-report.ts'
import type { Task } from '#contract/task.ts'
import { branchNameFor, featureBranch } from '#forge/feature-branch.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { grantDigest } from '#policy/grant.ts'
import { insertApproval } from '#store/approvals.ts'
import { attemptByNumber } from '#store/attempts.ts'
import { gateReportOf } from '#store/gate-reports.ts'
import { patchById } from '#store/patches.ts'
import { projectByReference } from '#store/projects.ts'
import type { TaskRow } from '#store/schema.ts'
import { taskView } from '#store/task-view.ts'
import { watchFor } from '#tasks/canaries.ts'
import { mayBegin } from '#tasks/may-begin.ts'
import { move } from '#tasks/move.ts'
import { decisionForLog, permit } from '#tasks/permit.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { approvalQuestion } from './approval-question.ts'

/**
 * A person lets exactly this patch out. What they agreed to is written as one signed tuple; only that tuple makes the
 * publisher push. Refuses when the patch is not any more the one on their screen, when they asked for the change
 * themselves and somebody else could approve, when the scan found something that nobody mended or justified, or when the branch is not a feature branch of Airlock's.
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
  const question = await workshop.store.inOrganisation(actor.organisation, (tx) =>
    approvalQuestion(tx, actor, task, request.branch),
  )
  const allowed = await permit(workshop, question)
  if (!allowed.ok) return allowed
  const tuple = await tupleFor(workshop, actor, task, request, allowed.value.policyVersion)
  if (!tuple.ok) return tuple
  const envelope = await sealApproval(tuple.value, workshop.signer)
  const moved = await move(workshop, task, {
    by: { kind: 'person', id: actor.person.id },
    command: {
      name: 'approve',
      approval: approvalDigest(tuple.value),
      patch: tuple.value.patchDigest,
      decision: decisionForLog(allowed.value),
    },
    columns: { approval: tuple.value.id },
    also: (tx) =>
      insertApproval(tx, {
        id: tuple.value.id,
        task: task.id,
        tuple: Buffer.from(encodeApproval(tuple.value)).toString('utf8'),
        envelope,
        createdAt: tuple.value.approvedAt,
      }),
  })
  if (!moved.ok) return moved
  return ok(await workshop.store.inOrganisation(actor.organisation, (tx) => taskView(tx, moved.value)))
}

async function tupleFor(
  workshop: Workshop,
  actor: Actor,
  task: TaskRow,
  request: ApprovalRequest,
  policyVersion: string,
): Promise<Result<ApprovalTuple>> {
  const seen = await whatIsThere(workshop, task)
  if (seen === undefined)
    return refused({
      code: 'wrong_state',
      rule: 'task.life',
      message: `Task ${task.number} has nothing to approve: it is ${task.state.replaceAll('_', ' ')}.`,
      remedy: 'Wait until it awaits review.',
    })
  const { patch, gates, project, grant, watch } = seen
  if (patch.digest !== request.patchDigest)
    return refused({
      code: 'approval_void',
      rule: 'approval.exact',
      message: 'The patch is not any more the one you looked at.',
      remedy: `Review task ${task.number} again.`,
      details: { asked: request.patchDigest, current: patch.digest },
    })
  const open = openFindings(gates)
  if (open.length > 0) return refused(findingsOpen(task, open))
  if (watch.sees(`${request.message}\n${request.branch ?? ''}`) !== undefined)
    return refused(canaryInMessage())
  const branch = featureBranch(request.branch ?? branchNameFor(task.number, task.intent), {
    defaultBranch: project.defaultBranch ?? task.baseBranch,
    neverTo: [...project.protectedBranches, ...(task.projectFile?.branches.protected ?? [])],
  })
  if (!branch.ok) return branch
  return ok({
    id: newId('apr', workshop.random),
    organisation: task.organisation,
    task: task.id,
    taskNumber: task.number,
    attempt: task.attempt,
    base: patch.base,
    tree: patch.tree,
    patchDigest: patch.digest,
    grantDigest: grantDigest(grant),
    policyVersion,
    gateReportDigest: gateReportDigest(gates),
    approver: actor.person,
    requester: task.requester,
    agent: task.agent,
    model: task.model,
    message: request.message,
    branch: branch.value,
    push: request.push,
    approvedAt: instantOf(workshop.clock()),
  })
}

function findingsOpen(task: TaskRow, open: readonly ReportedFinding[]) {
  const first = open[0]
  return {
    code: 'findings_open' as const,
    rule: 'scan.fixed_or_justified',
    message: `The scan found ${open.length} ${open.length === 1 ? 'thing' : 'things'} in this patch that nobody mended or justified${first === undefined ? '' : `: ${first.path}:${first.line} ${first.rule}`}.`,
    remedy: `Send it back, drop the hunk, or say why it may stand: airlock justify ${task.number} ${first?.fingerprint.slice(7, 19) ?? '<finding>'} --reason "…"`,
    details: { findings: open.map(({ fingerprint }) => fingerprint) },
  }
}

function canaryInMessage() {
  return {
    code: 'canary_tripped' as const,
    rule: 'canary.tripped',
    message: 'The message or the branch holds a canary: words of the agent that must not leave.',
    remedy: 'Write the message yourself, and look again at what the agent was told.',
  }
}

function whatIsThere(workshop: Workshop, task: TaskRow) {
  const { patch: id, grantDocument: grant } = task
  if (id === null || grant === null) return Promise.resolve(undefined)
  return workshop.store.inOrganisation(task.organisation, async (tx) => {
    const patch = await patchById(tx, id)
    const gates = patch === undefined ? undefined : await gateReportOf(tx, task.id, patch.digest)
    const project = await projectByReference(tx, task.project)
    if (patch === undefined || gates === undefined || project === undefined) return undefined
    const watch = watchFor(await attemptByNumber(tx, task.id, task.attempt))
    return { patch, gates, project, grant, watch }
  })
}
