import type { Task } from '#contract/task.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { taskView } from '#store/task-view.ts'
import { move } from './move.ts'
import { findTask } from './reference.ts'
import type { Workshop } from './workshop.ts'

/** A new attempt from the base, in a new sandbox, with a fresh budget; the comment is told to the agent. */
export async function retryTask(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  comment: string,
): Promise<Result<Task>> {
  const task = await findTask(workshop.store, actor.organisation, reference)
  if (!task.ok) return task
  const moved = await move(workshop, task.value, {
    by: { kind: 'person', id: actor.person.id },
    command: { name: 'retry' },
    columns: { feedback: comment === '' ? null : comment, onto: null, patch: null, grantDocument: null },
  })
  if (!moved.ok) return moved
  return ok(await workshop.store.inOrganisation(actor.organisation, (tx) => taskView(tx, moved.value)))
}
