import { type Kysely, sql } from 'kysely'

/**
 * Approvals that wait for others stand beside those that let something out. The task's version when one was given tells
 * their order: no clock does. `asked` is how one was given, for asking again whether its giver could.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table approvals
    add column waits boolean not null default false,
    add column asked json,
    add column task_version integer not null default 0`.execute(db)
  await sql`create index approvals_of_task on approvals (organisation, task, task_version)`.execute(db)
}
