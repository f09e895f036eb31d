import type { ApprovalSubject } from '#audit/quorum.ts'
import { gateReportDigest } from '#audit/statement.ts'
import type { GateReport } from '#contract/gate-report.ts'
import { branchNameFor } from '#forge/feature-branch.ts'
import type { CanaryWatch } from '#guards/canary.ts'
import { type Grant, grantDigest } from '#policy/grant.ts'
import { attemptByNumber } from '#store/attempts.ts'
import { gateReportOf } from '#store/gate-reports.ts'
import { type PatchRow, patchById } from '#store/patches.ts'
import { type ProjectRow, projectByReference } from '#store/projects.ts'
import type { TaskRow } from '#store/schema.ts'
import { watchFor } from '#tasks/canaries.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** What approvers see of a task: the patch, what was said of it, and what the agent was given. */
export interface UnderReview {
  readonly patch: PatchRow
  readonly gates: GateReport
  readonly project: ProjectRow
  readonly grant: Grant
  readonly watch: CanaryWatch
}

/** What a person agrees to besides what is there. */
export interface Wording {
  readonly message: string
  readonly branch: string
  readonly push: boolean
}

/** Undefined when there is nothing to approve. */
export function underReview({ store }: Workshop, task: TaskRow): Promise<UnderReview | undefined> {
  const { patch: id, grantDocument: grant } = task
  if (id === null || grant === null) return Promise.resolve(undefined)
  return store.inOrganisation(task.organisation, async (tx) => {
    const patch = await patchById(tx, id)
    const gates = patch === undefined ? undefined : await gateReportOf(tx, task.id, patch.digest)
    const project = await projectByReference(tx, task.project)
    if (patch === undefined || gates === undefined || project === undefined) return undefined
    const watch = watchFor(await attemptByNumber(tx, task.id, task.attempt))
    return { patch, gates, project, grant, watch }
  })
}

/** What is asked for, else what those approved who did already, else what is usual. */
export function wordingOf(
  task: TaskRow,
  asked: { readonly [Word in keyof Wording]?: Wording[Word] | undefined },
  given: Wording | undefined,
): Partial<Wording> & Omit<Wording, 'message'> {
  const message = asked.message ?? given?.message
  return {
    ...(message === undefined ? {} : { message }),
    branch: asked.branch ?? given?.branch ?? branchNameFor(task.number, task.intent),
    push: asked.push ?? given?.push ?? true,
  }
}

/** All that an approval signs but who gives it, and when. */
export function subjectFor(
  task: TaskRow,
  { patch, gates, grant }: UnderReview,
  wording: Wording,
  policyVersion: string,
): ApprovalSubject {
  return {
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
    requester: task.requester,
    agent: task.agent,
    model: task.model,
    message: wording.message,
    branch: wording.branch,
    push: wording.push,
  }
}
