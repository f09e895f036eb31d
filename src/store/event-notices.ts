import { sql } from 'kysely'
import type { Notifications } from './notifications.ts'
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

/** `undefined` when notices may have been missed: look again. */
export type EventListener = (notice: EventNotice | undefined) => void

/** Listens once for the whole process; the returned function adds a listener and gives the way to remove it. */
export async function eventNotices(
  notifications: Notifications,
): Promise<(listener: EventListener) => () => void> {
  const listeners = new Map<symbol, EventListener>()
  await notifications.listen(CHANNEL, (payload) => {
    const notice = payload === undefined ? undefined : (JSON.parse(payload) as EventNotice)
    for (const listener of listeners.values()) listener(notice)
  })
  return (listener) => {
    const key = Symbol('listener')
    listeners.set(key, listener)
    return () => listeners.delete(key)
  }
}
