import type { Task } from '#contract/task.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { taskView } from '#store/task-view.ts'
import { move } from './move.ts'
import { findTask } from './reference.ts'
import type { Workshop } from './workshop.ts'

/** Ends a task at once: what runs is killed, what was made is kept. */
export async function cancelTask(workshop: Workshop, actor: Actor, reference: string): Promise<Result<Task>> {
  for (;;) {
    const task = await findTask(workshop.store, actor.organisation, reference)
    if (!task.ok) return task
    const by = { kind: 'person', id: actor.person.id } as const
    const moved = await move(workshop, task.value, { by, command: { name: 'cancel' } })
    if (moved.ok)
      return ok(await workshop.store.inOrganisation(actor.organisation, (tx) => taskView(tx, moved.value)))
    // The pipeline moved it in between: a cancellation is about the task, whatever it is doing now.
    if (moved.failure.code !== 'conflict') return moved
  }
}
