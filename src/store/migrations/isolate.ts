import { type Kysely, sql } from 'kysely'

/** What the query role may do to a table; DELETE and TRUNCATE are given only where a use case deletes. */
type Right = 'select' | 'insert' | 'update' | 'delete'

/**
 * Shuts a new table: only rows of the organisation named by the transaction exist, for reading and for writing, and
 * for the owner as well. Without an organisation there are no rows. Every migration calls it for every table it makes.
 */
export async function isolate(db: Kysely<unknown>, table: string, rights: readonly Right[]): Promise<void> {
  const name = sql.table(table)
  await sql`alter table ${name} enable row level security`.execute(db)
  await sql`alter table ${name} force row level security`.execute(db)
  await sql`create policy own_organisation on ${name}
    using (organisation = nullif(current_setting('app.organisation', true), ''))
    with check (organisation = nullif(current_setting('app.organisation', true), ''))`.execute(db)
  await sql`grant ${sql.raw(rights.join(', '))} on ${name} to airlock_query`.execute(db)
}

/** The first column of every table: filled in from the transaction, so that no statement needs to name it. */
export const ORGANISATION = sql.raw(
  `organisation text not null default nullif(current_setting('app.organisation', true), '')`,
)
