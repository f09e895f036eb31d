import { sql } from 'kysely'
import type { Pool } from 'pg'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from './schema.ts'

/** Forgets what one task at its end left behind; false when there is none such. The audit log stays as it is. */
export async function eraseTask(
  tx: Tx,
  task: string,
  { at, evidence }: { readonly at: Instant; readonly evidence: boolean },
): Promise<boolean> {
  const { rows } = await sql<{
    done: boolean
  }>`select erase_task(${task}, ${at}, ${evidence}) as done`.execute(tx)
  return rows[0]?.done === true
}

/** Forgets who somebody was that had been removed before; false when there is nobody such. */
export async function erasePerson(tx: Tx, person: string): Promise<boolean> {
  const { rows } = await sql<{ done: boolean }>`select erase_person(${person}) as done`.execute(tx)
  return rows[0]?.done === true
}

export async function forgetDecisions(tx: Tx, before: Instant): Promise<void> {
  await sql`select forget_decisions(${before})`.execute(tx)
}

/** Tasks that ended before, the oldest first; at most `limit`. */
export async function tasksToErase(tx: Tx, before: Instant, limit: number): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('tasks')
    .select('id')
    .where('state', 'in', ['published', 'failed', 'stopped', 'rejected', 'cancelled'])
    .where('erasedAt', 'is', null)
    .where('updatedAt', '<', before)
    .orderBy('updatedAt')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

/** Forgets how somebody signed in, with their sessions, passkeys and second factors. */
export async function forgetIdentity(pool: Pool, identity: string): Promise<void> {
  await pool.query('delete from "user" where id = $1', [identity])
}
