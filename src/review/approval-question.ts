import { branchNameFor } from '#forge/feature-branch.ts'
import type { Actor } from '#policy/actor.ts'
import type { Question } from '#policy/decide.ts'
import { patchFacts } from '#policy/patch-facts.ts'
import { canApprove, ROLES } from '#policy/role.ts'
import { gateReportOf } from '#store/gate-reports.ts'
import { patchById } from '#store/patches.ts'
import { countHolders } from '#store/role-bindings.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { placeOfTask } from '#tasks/place-of.ts'

/** May this actor let out the patch that is there now? With all that rules may know of it. */
export async function approvalQuestion(
  tx: Tx,
  actor: Actor,
  task: TaskRow,
  branch?: string,
): Promise<Question> {
  const { place, facts } = await placeOfTask(tx, task)
  const approvers = await countHolders(tx, place, ROLES.filter(canApprove))
  const patch = task.patch === null ? undefined : await patchById(tx, task.patch)
  const gates = patch === undefined ? undefined : await gateReportOf(tx, task.id, patch.digest)
  return {
    actor,
    action: 'review.approve',
    place,
    facts: {
      ...facts,
      requestedByActor: task.requester.id === actor.person.id,
      otherApprovers: Math.max(0, approvers - 1),
      targetBranch: branch ?? branchNameFor(task.number, task.intent),
      ...(patch === undefined ? {} : patchFacts(patch.files, gates?.tampering ?? [])),
    },
  }
}
