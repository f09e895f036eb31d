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

/** Counts a failure before it is known to be one, so that many at once are counted too; true when it locks now. */
export async function countFailure(
  pool: Pool,
  key: string,
  { most, withinSeconds, lockSeconds, growing = false }: FailureBound,
  at: Instant,
): Promise<boolean> {
  const { rows } = await pool.query<{ count: number }>(
    `insert into failures as f (key, count, since) values ($1, 1, $2)
     on conflict (key) do update set
       count = case when f.since < $2::timestamptz - make_interval(secs => $3) then 1 else f.count + 1 end,
       since = case when f.since < $2::timestamptz - make_interval(secs => $3) then $2 else f.since end
     returning count`,
    [key, at, withinSeconds],
  )
  if ((rows[0]?.count ?? 0) < most) return false
  const { rowCount } = await pool.query(
    `update failures set count = 0, locks = locks + 1, locked_until = $2::timestamptz +
       make_interval(secs => case when $5 then least($3 * power(2, least(locks, 10)), 86400) else $3 end)
     where key = $1 and count >= $4`,
    [key, at, lockSeconds, most, growing],
  )
  return rowCount === 1
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
