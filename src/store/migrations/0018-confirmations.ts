import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** What somebody asked for that a rule wants somebody else to confirm. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table confirmations (
    ${ORGANISATION} references organisations,
    id text not null,
    digest text not null,
    action text not null,
    place json not null,
    facts json not null,
    about text not null,
    asked_by json not null,
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    given_by json,
    given_at timestamptz,
    used_at timestamptz,
    primary key (organisation, id)
  )`.execute(db)
  await sql`create index confirmations_of on confirmations (organisation, digest) where used_at is null`.execute(
    db,
  )
  await isolate(db, 'confirmations', ['select', 'insert', 'update'])
}
