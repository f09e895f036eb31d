import type { EventBody, TaskEvent } from '#contract/event.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import { sendEventNotice } from './event-notices.ts'
import type { Tx } from './schema.ts'

export interface NewEvents {
  readonly task: string
  readonly attempt: number
  readonly events: readonly { readonly at: Instant; readonly body: EventBody }[]
}

/**
 * Appends events under the task's next sequence numbers, without gaps or doubles however many append at once, and
 * wakes those who watch once this transaction commits. Returns them as stored.
 */
export async function appendEvents(tx: Tx, { task, attempt, events }: NewEvents): Promise<TaskEvent[]> {
  if (events.length === 0) return []
  const { eventCount } = await tx
    .updateTable('tasks')
    .set((column) => ({ eventCount: column('eventCount', '+', events.length) }))
    .where('id', '=', task)
    .returning('eventCount')
    .executeTakeFirstOrThrow()
  const first = eventCount - events.length + 1
  const stored = events.map(({ at, body }, position) => ({
    sequence: first + position,
    task,
    attempt,
    at,
    body,
  }))
  for (let at = 0; at < stored.length; at += MOST_ROWS) {
    const rows = stored.slice(at, at + MOST_ROWS).map((event) => ({ ...event, body: json(event.body) }))
    await tx.insertInto('events').values(rows).execute()
  }
  await sendEventNotice(tx, task, eventCount)
  return stored
}

/** A statement has at most 65,535 parameters, and an agent chooses how many events come at once. */
const MOST_ROWS = 5_000

/** Events with a greater sequence, oldest first, at most `limit`. */
export function eventsAfter(tx: Tx, task: string, sequence: number, limit: number): Promise<TaskEvent[]> {
  return tx
    .selectFrom('events')
    .select(['sequence', 'task', 'attempt', 'at', 'body'])
    .where('task', '=', task)
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(limit)
    .execute()
}
