import { type Kysely, sql } from 'kysely'

/** Which models the tasks of a project may use; null is every one. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table projects add column models json`.execute(db)
}
