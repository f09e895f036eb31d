import { openFindings } from '#contract/scan-report.ts'
import { featureBranch } from '#forge/feature-branch.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { TaskRow } from '#store/schema.ts'
import type { Workshop } from '#tasks/workshop.ts'
import {
  anotherPatch,
  canaryInMessage,
  findingsOpen,
  messageMissing,
  nothingToApprove,
} from './approval-refusals.ts'
import { type UnderReview, underReview, type Wording } from './approval-subject.ts'

/** What is under review, if it is what somebody saw and nothing stands in the way of letting it out in these words. */
export async function approvable(
  workshop: Workshop,
  task: TaskRow,
  patchDigest: string,
  { message, branch: name, push }: Partial<Wording> & Omit<Wording, 'message'>,
): Promise<Result<{ readonly review: UnderReview; readonly said: Wording }>> {
  const review = await underReview(workshop, task)
  if (review === undefined) return refused(nothingToApprove(task))
  const { patch, gates, project, watch } = review
  if (patch.digest !== patchDigest) return refused(anotherPatch(task, patchDigest, patch.digest))
  const open = openFindings(gates)
  if (open.length > 0) return refused(findingsOpen(task, open))
  if (message === undefined) return refused(messageMissing())
  if (watch.sees(`${message}\n${name}`) !== undefined) return refused(canaryInMessage())
  const branch = featureBranch(name, {
    defaultBranch: project.defaultBranch ?? task.baseBranch,
    neverTo: [...project.protectedBranches, ...(task.projectFile?.branches.protected ?? [])],
  })
  return branch.ok ? ok({ review, said: { message, branch: branch.value, push } }) : branch
}
