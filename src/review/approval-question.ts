import { branchNameFor } from '#forge/feature-branch.ts'
import type { Actor } from '#policy/actor.ts'
import type { Question } from '#policy/decide.ts'
import { patchFacts } from '#policy/patch-facts.ts'
import { projectPlace } from '#policy/place.ts'
import { canApprove, ROLES } from '#policy/role.ts'
import { gateReportOf } from '#store/gate-reports.ts'
import { patchById } from '#store/patches.ts'
import { countPeople } from '#store/people.ts'
import type { TaskRow, Tx } from '#store/schema.ts'

/** May this actor let out the patch that is there now? With all that rules may know of it. */
export async function approvalQuestion(
  tx: Tx,
  actor: Actor,
  task: TaskRow,
  branch?: string,
): Promise<Question> {
  const approvers = await countPeople(tx, ROLES.filter(canApprove))
  const patch = task.patch === null ? undefined : await patchById(tx, task.patch)
  const gates = patch === undefined ? undefined : await gateReportOf(tx, task.id, patch.digest)
  return {
    actor,
    action: 'review.approve',
    place: projectPlace(task.organisation, task.project),
    facts: {
      requestedByActor: task.requester.id === actor.person.id,
      otherApprovers: Math.max(0, approvers - 1),
      agent: task.agent,
      branch: task.baseBranch,
      targetBranch: branch ?? branchNameFor(task.number, task.intent),
      ...(patch === undefined ? {} : patchFacts(patch.files, gates?.tampering ?? [])),
    },
  }
}
