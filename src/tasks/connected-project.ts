import { ok, type Result, refused } from '#kernel/result.ts'
import { holdProject, type ProjectRow } from '#store/projects.ts'
import type { TaskRow, Tx } from '#store/schema.ts'

/** The project of a task, connected until this transaction ends: whoever goes on with a task asks. */
export async function connectedProject(
  tx: Tx,
  task: Pick<TaskRow, 'project' | 'number'>,
): Promise<Result<ProjectRow>> {
  const project = await holdProject(tx, task.project, 'work')
  if (project !== undefined) return ok(project)
  return refused({
    code: 'wrong_state',
    rule: 'project.connected',
    message: `The project of task ${task.number} is disconnected.`,
    remedy: 'Connect its repository again with `airlock project add`, and ask for the change there.',
  })
}
