import pg, { type PoolConfig } from 'pg'

const CONNECT_MS = 10_000

/**
 * A pool that outlives its connections. `onProblem` is told when one is lost, also while it is lent out or closing: the
 * driver's pool listens to idle ones only, and an 'error' nobody hears ends the process.
 */
export function openPool(config: PoolConfig, onProblem: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ connectionTimeoutMillis: CONNECT_MS, ...config })
  pool.on('error', onProblem)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
