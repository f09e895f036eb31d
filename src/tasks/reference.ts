import { ok, type Result, refused } from '#kernel/result.ts'
import type { Store } from '#store/database.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { taskById, taskByNumber } from '#store/tasks.ts'

/** A task by its id or its number; one of another organisation is not found, like one that never was. */
export async function findTask(
  store: Store,
  organisation: string,
  reference: string,
): Promise<Result<TaskRow>> {
  const task = await store.inOrganisation(organisation, (tx) => taskBy(tx, reference))
  if (task !== undefined) return ok(task)
  return refused({
    code: 'not_found',
    message: `There is no task ${reference}.`,
    remedy: 'See `airlock tasks`.',
  })
}

function taskBy(tx: Tx, reference: string): Promise<TaskRow | undefined> {
  return /^[1-9][0-9]{0,8}$/.test(reference) ? taskByNumber(tx, Number(reference)) : taskById(tx, reference)
}
