import { type Kysely, sql } from 'kysely'

/** Which approval a task is being published by. The newest by its time would be whatever a clock or a row made newest. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tasks add column approval text`.execute(db)
}
