import type { Pool } from 'pg'
import type { Instant } from '#kernel/instant.ts'

/** Who is signed in with a session, in one question; undefined for one that is over, was ended, or never was. */
export async function identityOfSession(pool: Pool, token: string, at: Instant): Promise<string | undefined> {
  const { rows } = await pool.query<{ userId: string }>({
    name: 'identity-of-session',
    text: 'select "userId" from session where token = $1 and "expiresAt" > $2',
    values: [token, at],
  })
  return rows[0]?.userId
}
