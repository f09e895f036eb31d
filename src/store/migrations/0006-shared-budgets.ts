import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** Limits that several tasks spend from together, what was spent by whom on which day, and what running calls hold. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // owner is empty where kind is organisation; a limit that is null is none
  await sql`create table budget_limits (
    ${ORGANISATION} references organisations,
    kind text not null,
    owner text not null,
    period text not null,
    micro_dollars bigint,
    tokens bigint,
    requests bigint,
    set_by json not null,
    set_at timestamptz not null,
    primary key (organisation, kind, owner, period)
  )`.execute(db)
  await isolate(db, 'budget_limits', ['select', 'insert', 'update', 'delete'])

  await sql`create table budget_use (
    ${ORGANISATION} references organisations,
    day text not null,
    project text not null,
    person text not null,
    agent text not null,
    micro_dollars bigint not null,
    tokens bigint not null,
    requests bigint not null,
    primary key (organisation, day, project, person, agent)
  )`.execute(db)
  await isolate(db, 'budget_use', ['select', 'insert', 'update'])

  await sql`create table budget_holds (
    ${ORGANISATION},
    id text not null,
    attempt text not null,
    day text not null,
    project text not null,
    person text not null,
    agent text not null,
    micro_dollars bigint not null,
    tokens bigint not null,
    requests bigint not null,
    usual json not null,
    primary key (organisation, id),
    foreign key (organisation, attempt) references attempts (organisation, id)
  )`.execute(db)
  await isolate(db, 'budget_holds', ['select', 'insert', 'delete'])

  // what was planted for an attempt: a restart must still know what to watch for
  await sql`alter table attempts add column canaries json`.execute(db)
}
