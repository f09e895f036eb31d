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
  await tx
    .insertInto('events')
    .values(stored.map((event) => ({ ...event, body: json(event.body) })))
    .execute()
  await sendEventNotice(tx, task, eventCount)
  return stored
}

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
