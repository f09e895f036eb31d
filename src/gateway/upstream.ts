import { Pool } from 'undici'

/** Connections to providers, kept open between calls, one pool per origin. */
export interface Upstreams {
  to(origin: string): Pool
  close(): Promise<void>
}

export interface UpstreamTimeouts {
  readonly connect: number
  /** Until the first byte: a model that thinks before it speaks needs minutes. */
  readonly headers: number
  /** Between two pieces of a stream. */
  readonly body: number
}

export const UPSTREAM_TIMEOUTS: UpstreamTimeouts = { connect: 10_000, headers: 600_000, body: 300_000 }

export function createUpstreams(timeouts: UpstreamTimeouts): Upstreams {
  const pools = new Map<string, Pool>()
  return {
    to(origin) {
      const pool = pools.get(origin) ?? openPool(origin, timeouts)
      pools.set(origin, pool)
      return pool
    },
    async close() {
      const open = [...pools.values()]
      pools.clear()
      await Promise.all(open.map((pool) => pool.destroy()))
    },
  }
}

function openPool(origin: string, timeouts: UpstreamTimeouts): Pool {
  return new Pool(origin, {
    connect: { timeout: timeouts.connect },
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
    keepAliveTimeout: 30_000,
    allowH2: false,
  })
}
