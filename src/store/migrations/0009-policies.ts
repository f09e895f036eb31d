import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** Policies that organisations write, as the list of their changes; and which questions were decided how. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // only ever inserted: the newest row of a name is that policy, and one without a text is a policy removed
  await sql`create table policies (
    ${ORGANISATION} references organisations,
    sequence integer not null,
    name text not null,
    text text,
    examples text,
    set_by json not null,
    set_at timestamptz not null,
    primary key (organisation, sequence)
  )`.execute(db)
  await isolate(db, 'policies', ['select', 'insert'])

  // the question without who asked: enough to ask other rules the same
  await sql`create table decisions (
    ${ORGANISATION} references organisations,
    id text not null,
    at timestamptz not null,
    action text not null,
    question json not null,
    effect text not null,
    primary key (organisation, id)
  )`.execute(db)
  await sql`create index decisions_at on decisions (organisation, at)`.execute(db)
  await isolate(db, 'decisions', ['select', 'insert'])

  await sql`alter table people add constraint people_role
    check (role in ('viewer', 'developer', 'maintainer', 'admin', 'owner'))`.execute(db)
}
