import type { Task } from '#contract/task.ts'
import { compileScope } from '#guards/scope.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { json } from '#store/column.ts'
import type { TaskRow } from '#store/schema.ts'
import { taskView } from '#store/task-view.ts'
import { connectedProject } from './connected-project.ts'
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
  if (task.value.erasedAt !== null) return refused(erased(task.value))
  const tooLong = preserveFailure(workshop, preserveSeconds)
  if (tooLong !== undefined) return refused(tooLong)
  const base = await baseForRetry(workshop, task.value)
  if (!base.ok) return base
  const moved = await move(workshop, task.value, {
    by: { kind: 'person', id: actor.person.id },
    command: { name: 'retry' },
    unless: async (tx) => {
      const project = await connectedProject(tx, task.value)
      return project.ok ? undefined : project.failure
    },
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

function erased({ number }: TaskRow) {
  return {
    code: 'wrong_state' as const,
    rule: 'data.erased',
    message: `Task ${number} was erased: nobody knows any more what it asked for.`,
    remedy: 'Ask for the change anew: airlock run.',
  }
}

async function baseForRetry(workshop: Workshop, task: TaskRow) {
  const project = await workshop.store.inOrganisation(task.organisation, (tx) => connectedProject(tx, task))
  if (!project.ok) return project
  const base = await newestBase(workshop, project.value, task.baseBranch)
  if (!base.ok) return base
  const scope = compileScope(task.scope, base.value.projectFile.protected)
  return scope.ok ? base : scope
}
