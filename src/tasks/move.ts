import { type AuditActor, encodeEntry } from '#audit/entry.ts'
import type { TaskState } from '#contract/task.ts'
import type { Failure } from '#kernel/failure.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { attemptByNumber, endAttempt } from '#store/attempts.ts'
import { appendEntries } from '#store/audit-log.ts'
import { json } from '#store/column.ts'
import { appendEvents } from '#store/events.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { moveTask, type Move as StoreMove, taskById } from '#store/tasks.ts'
import { type Command, type Transition, transition } from './transition.ts'
import type { Workshop } from './workshop.ts'

export const SYSTEM: AuditActor = { kind: 'system', id: 'airlock' }

export type Columns = StoreMove['patch']

/** One move of a task's life and what is written with it. */
export interface Move {
  readonly command: Command
  readonly by: AuditActor
  /** True when the patch at hand was cut down by a reviewer. */
  readonly reviewerPatch?: boolean
  /** Columns that change with the move. */
  readonly columns?: Columns
  /** What stands in its way as of its own transaction, asked before anything is written. */
  readonly unless?: (tx: Tx) => Promise<Failure | undefined>
  /** More writes of the same transaction, before the audit entries. */
  readonly also?: (tx: Tx, task: TaskRow) => Promise<void>
}

/**
 * Moves a task: in one transaction the row is compared and set, the audit entries and the event are appended and the
 * next job is enqueued. Effects (stopping what runs) come after the commit. Refuses with `wrong_state`, or with
 * `conflict` when the task is not any more what was read.
 */
export async function move(workshop: Workshop, task: TaskRow, move: Move): Promise<Result<TaskRow>> {
  const decided = transition({ ...task, reviewerPatch: move.reviewerPatch ?? false }, move.command)
  if (!decided.ok) return decided
  const moved = await workshop.store.inOrganisation(task.organisation, async (tx) => {
    const failure = await move.unless?.(tx)
    return failure === undefined ? ok(await write(workshop, tx, task, move, decided.value)) : refused(failure)
  })
  if (!moved.ok) return moved
  if (moved.value === undefined) return refused(conflict(task))
  if (decided.value.obligations.includes('interrupt')) workshop.interrupts.interrupt(task.id)
  return ok(moved.value)
}

async function write(
  workshop: Workshop,
  tx: Tx,
  task: TaskRow,
  { command, by, columns, also }: Move,
  next: Transition,
): Promise<TaskRow | undefined> {
  const at = instantOf(workshop.clock())
  const patch: Columns = {
    ...columns,
    state: next.next,
    attempt: next.attempt,
    lost: next.lost,
    cause: next.cause === null ? null : json(next.cause),
    updatedAt: at,
  }
  if (!(await moveTask(tx, { id: task.id, fromVersion: task.version, patch }))) return undefined
  await also?.(tx, task)
  if (endsAttempt(task.state, next)) await closeAttempt(tx, task, next, at)
  await appendEvents(tx, { task: task.id, attempt: next.attempt, events: [stateEvent(task.state, next, at)] })
  if (next.obligations.includes('advance'))
    await workshop.store.queue.enqueue(tx, { organisation: task.organisation, task: task.id })
  await appendEntries(
    tx,
    next.entries.map(({ action, data }) =>
      encodeEntry({
        version: 1,
        organisation: task.organisation,
        at,
        actor: by,
        action,
        subject: task.id,
        attempt: command.name === 'lose' || command.name === 'retry' ? task.attempt : next.attempt,
        data,
      }),
    ),
  )
  return taskById(tx, task.id)
}

const WITHOUT_ATTEMPT: readonly TaskState[] = [
  'failed',
  'stopped',
  'rejected',
  'cancelled',
  'published',
  'queued',
]

function endsAttempt(from: TaskState, next: Transition): boolean {
  return from !== 'queued' && WITHOUT_ATTEMPT.includes(next.next)
}

async function closeAttempt(tx: Tx, task: TaskRow, next: Transition, at: string): Promise<void> {
  const attempt = await attemptByNumber(tx, task.id, task.attempt)
  if (attempt === undefined) return
  const lost = next.lost > task.lost
  const cause = lost
    ? { code: 'attempt_lost' as const, message: 'The server stopped while this attempt was running.' }
    : (next.cause ?? undefined)
  await endAttempt(tx, attempt.id, { endedAt: at, cause })
}

function stateEvent(from: TaskState, next: Transition, at: string) {
  const cause = next.cause === null ? {} : { cause: { ...next.cause } }
  return { at, body: { kind: 'state' as const, from, to: next.next, ...cause } }
}

function conflict(task: TaskRow) {
  return {
    code: 'conflict' as const,
    rule: 'task.version',
    message: `Task ${task.number} changed while this was being done.`,
    remedy: 'Look at it again, then try once more.',
  }
}
