import { sql } from 'kysely'
import type { Queue } from './queue.ts'
import type { Tx } from './schema.ts'

/** New events of a task were committed, up to this sequence. Ids only: channels know no organisations. */
export interface EventNotice {
  readonly organisation: string
  readonly task: string
  readonly sequence: number
}

const CHANNEL = 'airlock_events'

/** Sends a notice that arrives when, and only when, the transaction commits. */
export async function sendEventNotice(tx: Tx, task: string, sequence: number): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, json_build_object(
    'organisation', current_setting('app.organisation'),
    'task', ${task}::text, 'sequence', ${sequence}::bigint)::text)`.execute(tx)
}

type Listener = (notice: EventNotice | undefined) => void

export interface EventNotices {
  subscribe(listener: Listener): () => void
  close(): Promise<void>
}

/** Listens once for the whole process and hands each notice to every listener. */
export async function onEventNotices(queue: Queue): Promise<EventNotices> {
  const listeners = new Set<Listener>()
  const stop = await queue.listen(CHANNEL, (payload) => {
    const notice = payload === undefined ? undefined : (JSON.parse(payload) as EventNotice)
    for (const listener of listeners) listener(notice)
  })
  return {
    subscribe: (listener) => {
      const own: Listener = (notice) => listener(notice)
      listeners.add(own)
      return () => listeners.delete(own)
    },
    close: stop,
  }
}
