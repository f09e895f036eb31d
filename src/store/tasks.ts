import type { Updateable } from 'kysely'
import type { Budget } from '#contract/budget.ts'
import { END_STATES, type TaskState } from '#contract/task.ts'
import { ok, type Result } from '#kernel/result.ts'
import { anyOf, json, storableText } from './column.ts'
import type { NewTask, TaskRow, TasksTable, Tx } from './schema.ts'

/** Inserts a task under the organisation's next number. */
export async function insertTask(tx: Tx, task: NewTask): Promise<TaskRow> {
  const { taskCount } = await tx
    .updateTable('organisations')
    .set((column) => ({ taskCount: column('taskCount', '+', 1) }))
    .returning('taskCount')
    .executeTakeFirstOrThrow()
  return tx
    .insertInto('tasks')
    .values({ ...task, intent: storableText(task.intent), number: taskCount })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function taskById(tx: Tx, id: string): Promise<TaskRow | undefined> {
  return tx.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()
}

export function taskByNumber(tx: Tx, number: number): Promise<TaskRow | undefined> {
  return tx.selectFrom('tasks').selectAll().where('number', '=', number).executeTakeFirst()
}

export interface TaskFilter {
  readonly state?: TaskState | undefined
  /** A project's id. */
  readonly project?: string | undefined
  /** Ids of the projects that may be seen. */
  readonly among?: readonly string[] | undefined
  /** Only tasks with a smaller number: the last one of the page before. */
  readonly before?: number | undefined
  readonly limit: number
}

/** Newest first. */
export function listTasks(tx: Tx, filter: TaskFilter): Promise<TaskRow[]> {
  let query = tx.selectFrom('tasks').selectAll()
  if (filter.state !== undefined) query = query.where('state', '=', filter.state)
  if (filter.project !== undefined) query = query.where('project', '=', filter.project)
  if (filter.among !== undefined) query = query.where('project', '=', anyOf(filter.among))
  if (filter.before !== undefined) query = query.where('number', '<', filter.before)
  return query.orderBy('number', 'desc').limit(filter.limit).execute()
}

export interface Move {
  readonly id: string
  /** The version the decision was made on. */
  readonly fromVersion: number
  /** Columns to set; documents through `json()`. */
  readonly patch: Omit<Updateable<TasksTable>, 'organisation' | 'id' | 'number' | 'version' | 'eventCount'>
}

/** Sets columns if the task is still the one that was read; false is a conflict, not something to try again. */
export async function moveTask(tx: Tx, move: Move): Promise<boolean> {
  const { feedback } = move.patch
  const { numUpdatedRows } = await tx
    .updateTable('tasks')
    .set({ ...move.patch, ...(typeof feedback === 'string' ? { feedback: storableText(feedback) } : {}) })
    .set((column) => ({ version: column('version', '+', 1) }))
    .where('id', '=', move.id)
    .where('version', '=', move.fromVersion)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Changes the budget alone, under the row's lock: the step that is at work on the task goes on undisturbed. */
export async function raiseTaskBudget(
  tx: Tx,
  id: string,
  raise: (task: TaskRow) => Result<Budget>,
): Promise<Result<{ readonly before: Budget; readonly after: Budget }>> {
  const task = await tx
    .selectFrom('tasks')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const after = raise(task)
  if (!after.ok) return after
  await tx
    .updateTable('tasks')
    .set({ budget: json(after.value) })
    .where('id', '=', id)
    .execute()
  return ok({ before: task.budget, after: after.value })
}

/** Tasks that something must still be done for without a person: what a start-up enqueues again. */
export function tasksToResume(tx: Tx): Promise<TaskRow[]> {
  return tx
    .selectFrom('tasks')
    .selectAll()
    .where('state', 'not in', [...END_STATES, 'awaiting_review'])
    .orderBy('number')
    .execute()
}

/** How many tasks of a project are not at an end. */
export async function countUnfinished(tx: Tx, project: string): Promise<number> {
  const { count } = await tx
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('project', '=', project)
    .where('state', 'not in', END_STATES)
    .executeTakeFirstOrThrow()
  return count
}

/** How many tasks are in each state that has any; `among` the projects that may be seen. */
export async function countTasks(
  tx: Tx,
  among: readonly string[] | undefined,
): Promise<ReadonlyMap<TaskState, number>> {
  const rows = await tx
    .selectFrom('tasks')
    .select(['state', ({ fn }) => fn.countAll<number>().as('count')])
    .$if(among !== undefined, (query) => query.where('project', '=', anyOf(among ?? [])))
    .groupBy('state')
    .execute()
  return new Map(rows.map((row) => [row.state, row.count]))
}
