import type { Task } from '#contract/task.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { evidenceOf } from '#store/evidence.ts'
import { taskView } from '#store/task-view.ts'
import { connectedProject } from '#tasks/connected-project.ts'
import { logAction } from '#tasks/log-action.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Where evidence travels with a repository: `git fetch origin refs/notes/airlock:refs/notes/airlock`. */
export const NOTES_REF = 'refs/notes/airlock'

/** Attaches the evidence of a pushed commit to it, as a git note in the same remote. Safe to ask twice. */
export async function attachEvidence(
  workshop: Workshop,
  actor: Actor,
  reference: string,
): Promise<Result<Task>> {
  const found = await findTask(workshop.store, actor.organisation, reference)
  if (!found.ok) return found
  const task = found.value
  const { publication } = task
  if (publication === null || !publication.pushed)
    return refused({
      code: 'wrong_state',
      rule: 'evidence.pushed',
      message: `Task ${task.number} has no pushed commit to attach evidence to.`,
      remedy: 'Approve it with a push first.',
    })
  const { evidence, project } = await workshop.store.inOrganisation(actor.organisation, async (tx) => ({
    evidence: await evidenceOf(tx, publication.commit),
    project: await connectedProject(tx, task),
  }))
  if (evidence === undefined)
    return refused({
      code: 'not_found',
      rule: 'data.erased',
      message: `The evidence of task ${task.number} was erased.`,
      remedy: 'Nobody can bring it back; whoever kept a copy can still verify it.',
    })
  if (!project.ok) return project
  const repository = await workshop.repositoryOf(task.project)
  await repository.note(publication.commit, NOTES_REF, evidence.bundle)
  const pushed = await repository.pushNotes(await workshop.remotes.remoteOf(project.value), NOTES_REF)
  if (!pushed.ok) return pushed
  return ok(
    await workshop.store.inOrganisation(actor.organisation, async (tx) => {
      await logAction(tx, workshop.clock, actor, 'evidence.attached', task.id, { commit: publication.commit })
      return taskView(tx, task)
    }),
  )
}
