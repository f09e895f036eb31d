import type { Task } from '#contract/task.ts'
import { compileScope } from '#guards/scope.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { json } from '#store/column.ts'
import { projectByReference } from '#store/projects.ts'
import type { TaskRow } from '#store/schema.ts'
import { taskView } from '#store/task-view.ts'
import { move } from './move.ts'
import { newestBase } from './newest-base.ts'
import { preserveFailure } from './preserve-limit.ts'
import { findTask } from './reference.ts'
import type { Workshop } from './workshop.ts'

/**
 * A new attempt in a new sandbox, with a fresh budget, from the base branch as it is now and by the project's
 * configuration there; the comment is told to the agent.
 */
export async function retryTask(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  comment: string,
  preserveSeconds?: number,
): Promise<Result<Task>> {
  const task = await findTask(workshop.store, actor.organisation, reference)
  if (!task.ok) return task
  const tooLong = preserveFailure(workshop, preserveSeconds)
  if (tooLong !== undefined) return refused(tooLong)
  const base = await baseForRetry(workshop, task.value)
  if (!base.ok) return base
  const moved = await move(workshop, task.value, {
    by: { kind: 'person', id: actor.person.id },
    command: { name: 'retry' },
    columns: {
      baseCommit: base.value.tip.commit,
      projectFile: json(base.value.projectFile),
      feedback: comment === '' ? null : comment,
      onto: null,
      patch: null,
      grantDocument: null,
      ...(preserveSeconds === undefined ? {} : { preserveSeconds }),
    },
  })
  if (!moved.ok) return moved
  return ok(await workshop.store.inOrganisation(actor.organisation, (tx) => taskView(tx, moved.value)))
}

async function baseForRetry(workshop: Workshop, task: TaskRow) {
  const project = await workshop.store.inOrganisation(task.organisation, (tx) =>
    projectByReference(tx, task.project),
  )
  if (project === undefined) return refused({ code: 'not_found', message: "The task's project is gone." })
  const base = await newestBase(workshop, project, task.baseBranch)
  if (!base.ok) return base
  const scope = compileScope(task.scope, base.value.projectFile.protected)
  return scope.ok ? base : scope
}
