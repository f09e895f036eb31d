import type { SelectionRequest } from '#contract/api.ts'
import type { Task } from '#contract/task.ts'
import { digestOf } from '#kernel/bytes.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { insertPatch, type PatchRow, patchById, patchBytes } from '#store/patches.ts'
import type { TaskRow } from '#store/schema.ts'
import { taskView } from '#store/task-view.ts'
import { move } from '#tasks/move.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { selectFromPatch } from './patch-selection.ts'

/** Leaves files or hunks out: a smaller patch takes the place of the one under review and is checked again. */
export async function select(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  request: SelectionRequest,
): Promise<Result<Task>> {
  const found = await findTask(workshop.store, actor.organisation, reference)
  if (!found.ok) return found
  const task = found.value
  const current = await currentPatch(workshop, task)
  if (current === undefined || current.row.digest !== request.patchDigest) return refused(changed(task))
  const smaller = selectFromPatch(current.bytes, current.row.files, request)
  if (!smaller.ok) return smaller

  const repository = await workshop.repositoryOf(task.project)
  const tree = await repository.apply(current.row.base, smaller.value)
  if (!tree.ok)
    return refused({
      code: 'invalid_selection',
      rule: 'review.selection',
      message: 'What would be left does not apply by itself.',
      remedy: 'Drop the hunks that belong together, or the whole file.',
      details: { cause: tree.failure.message },
    })
  const patch = await repository.patch(current.row.base, tree.value)
  if (!patch.ok) return patch
  const id = newId('pat', workshop.random)
  const digest = digestOf(patch.value.bytes)
  const moved = await move(workshop, task, {
    by: { kind: 'person', id: actor.person.id },
    command: { name: 'select', patch: digest },
    columns: { patch: id },
    also: (tx) =>
      insertPatch(tx, {
        id,
        task: task.id,
        attempt: task.attempt,
        base: current.row.base,
        tree: tree.value,
        digest,
        bytes: patch.value.bytes,
        files: patch.value.files,
        undone: current.row.undone,
        origin: 'reviewer',
        createdAt: instantOf(workshop.clock()),
      }),
  })
  if (!moved.ok) return moved
  return ok(await workshop.store.inOrganisation(actor.organisation, (tx) => taskView(tx, moved.value)))
}

function currentPatch(
  workshop: Workshop,
  task: TaskRow,
): Promise<{ readonly row: PatchRow; readonly bytes: Uint8Array } | undefined> {
  const { patch: id } = task
  if (id === null) return Promise.resolve(undefined)
  return workshop.store.inOrganisation(task.organisation, async (tx) => {
    const row = await patchById(tx, id)
    const bytes = await patchBytes(tx, id)
    return row === undefined || bytes === undefined ? undefined : { row, bytes }
  })
}

function changed(task: TaskRow) {
  return {
    code: 'approval_void' as const,
    rule: 'approval.exact',
    message: 'The patch is not any more the one you looked at.',
    remedy: `Review task ${task.number} again.`,
  }
}
