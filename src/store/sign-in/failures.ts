import type { Pool } from 'pg'
import type { Instant } from '#kernel/instant.ts'

export interface FailureBound {
  /** After this many failures … */
  readonly most: number
  /** … within this time, nothing is tried any more … */
  readonly withinSeconds: number
  /** … for this long. */
  readonly lockSeconds: number
  /** Each time twice as long, up to a day, until something goes well. */
  readonly growing?: boolean
}

/** True while something failed too often to be tried again. */
export async function isLocked(pool: Pool, key: string, at: Instant): Promise<boolean> {
  const { rowCount } = await pool.query('select 1 from failures where key = $1 and locked_until > $2', [
    key,
    at,
  ])
  return rowCount !== 0
}

/**
 * Counts a failure before it is known to be one, in one statement, so that of many at the same moment no more are tried than
 * of those one after the other: `refused` once it is locked.
 */
export async function countFailure(
  pool: Pool,
  key: string,
  { most, withinSeconds, lockSeconds, growing = false }: FailureBound,
  at: Instant,
): Promise<'counted' | 'locks' | 'refused'> {
  const over = `f.since < $2::timestamptz - make_interval(secs => $3)`
  const last = `not (${over}) and f.count + 1 >= $4`
  const { rows } = await pool.query<{ locks: boolean }>(
    `insert into failures as f (key, count, since) values ($1, 1, $2)
     on conflict (key) do update set
       count = case when ${last} then 0 when ${over} then 1 else f.count + 1 end,
       since = case when ${over} then $2 else f.since end,
       locks = case when ${last} then f.locks + 1 else f.locks end,
       locked_until = case when ${last} then $2::timestamptz +
         make_interval(secs => case when $6 then least($5 * power(2, least(f.locks, 10)), 86400) else $5 end)
         else f.locked_until end
     where f.locked_until is null or f.locked_until <= $2
     returning coalesce(locked_until > $2, false) as locks`,
    [key, at, withinSeconds, most, lockSeconds, growing],
  )
  const [row] = rows
  if (row === undefined) return 'refused'
  return row.locks ? 'locks' : 'counted'
}

/** It went well after all: nothing counts any more. */
export async function forgetFailures(pool: Pool, key: string): Promise<void> {
  await pool.query('delete from failures where key = $1', [key])
}

/** Removes what has been over for a day. */
export async function sweepFailures(pool: Pool, at: Instant): Promise<void> {
  await pool.query(
    `delete from failures where since < $1::timestamptz - interval '1 day'
       and coalesce(locked_until, since) < $1::timestamptz - interval '1 day'`,
    [at],
  )
}

/** One try that was counted went well; the others stay counted. */
export async function takeBackFailure(pool: Pool, key: string): Promise<void> {
  await pool.query('update failures set count = greatest(count - 1, 0) where key = $1', [key])
}
