import type { RejectionRequest } from '#contract/review.ts'
import type { Task } from '#contract/task.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { taskView } from '#store/task-view.ts'
import { move } from '#tasks/move.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Says no; with `retry` the comment goes to a new attempt that builds upon this patch. */
export async function reject(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  { comment, retry }: RejectionRequest,
): Promise<Result<Task>> {
  const task = await findTask(workshop.store, actor.organisation, reference)
  if (!task.ok) return task
  const moved = await move(workshop, task.value, {
    by: { kind: 'person', id: actor.person.id },
    command: { name: 'reject', retry, commented: comment !== '' },
    columns: {
      feedback: comment === '' ? null : comment,
      ...(retry ? { onto: task.value.patch, patch: null } : {}),
    },
  })
  if (!moved.ok) return moved
  return ok(await workshop.store.inOrganisation(actor.organisation, (tx) => taskView(tx, moved.value)))
}
