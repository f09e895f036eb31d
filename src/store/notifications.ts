import { setTimeout as delay } from 'node:timers/promises'
import pg, { type ClientConfig } from 'pg'

/** A message, or `undefined` when some may have been missed: look again. */
export type NotificationHandler = (payload: string | undefined) => void

/** PostgreSQL's LISTEN on one connection of its own, which is made again whenever it is lost. */
export interface Notifications {
  /** Calls the handler for each message that was committed to a channel, until the returned function is called. */
  listen(channel: string, handler: NotificationHandler): Promise<() => void>
  close(): Promise<void>
}

const RETRY_MS = 250
const HEARTBEAT_MS = 20_000
const ANSWER_MS = 10_000

/** Opens the connection; `onProblem` is told each time it is lost. */
export async function openNotifications(
  config: ClientConfig,
  onProblem: (error: Error) => void,
): Promise<Notifications> {
  const channels = new Map<string, Set<NotificationHandler>>()
  let closed = false

  const connect = async (): Promise<pg.Client> => {
    const next = new pg.Client({
      ...config,
      application_name: 'airlock-notifications',
      keepAlive: true,
      query_timeout: ANSWER_MS,
    })
    // For the whole life of the connection, its closing included: an 'error' nobody hears ends the process.
    next.on('error', onProblem)
    next.on('notification', ({ channel, payload }) => {
      for (const handler of channels.get(channel) ?? []) handler(payload ?? '')
    })
    try {
      await next.connect()
      for (const channel of channels.keys()) await subscribe(next, channel)
      return next
    } catch (error) {
      await next.end().catch(() => undefined)
      throw error
    }
  }

  const keepConnected = (connected: pg.Client) => {
    const heartbeat = setInterval(() => {
      connected.query('select 1').catch(() => connected.end().catch(() => undefined))
    }, HEARTBEAT_MS)
    heartbeat.unref()
    connected.once('end', () => {
      clearInterval(heartbeat)
      reconnect().catch(onProblem)
    })
  }

  const reconnect = async () => {
    for (;;) {
      await delay(RETRY_MS)
      if (closed) return
      const next = await connect().catch((error: Error) => {
        onProblem(error)
        return undefined
      })
      if (next === undefined) continue
      if (closed) return next.end()
      client = next
      keepConnected(next)
      for (const handlers of channels.values()) for (const handler of handlers) handler(undefined)
      return
    }
  }

  let client = await connect()
  keepConnected(client)
  return {
    listen: async (channel, handler) => {
      const handlers = channels.get(channel) ?? new Set()
      if (!channels.has(channel)) {
        channels.set(channel, handlers)
        await subscribe(client, channel)
      }
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    close: async () => {
      closed = true
      await client.end().catch(() => undefined)
    },
  }
}

async function subscribe(client: pg.Client, channel: string): Promise<void> {
  await client.query(`listen ${pg.escapeIdentifier(channel)}`)
}
