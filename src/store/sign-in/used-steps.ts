import type { Pool } from 'pg'

/** Uses up a step of somebody's one-time codes (RFC 6238, 5.2): true once, and never again for it or an earlier one. */
export async function takeStep(pool: Pool, identity: string, step: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    `insert into used_steps as u (identity, step) values ($1, $2)
     on conflict (identity) do update set step = excluded.step where u.step < excluded.step`,
    [identity, step],
  )
  return rowCount === 1
}
