import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** Links by which somebody without an account sees one task; of each only the hash of its secret. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table share_links (
    ${ORGANISATION} references organisations,
    id text not null,
    hash bytea not null check (octet_length(hash) = 32),
    task text not null,
    created_by json not null,
    created_at timestamptz not null,
    expires_at timestamptz not null check (expires_at <= created_at + interval '7 days'),
    revoked_at timestamptz,
    opened integer not null default 0,
    last_opened_at timestamptz,
    primary key (organisation, id),
    unique (organisation, hash),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await sql`create index share_links_of on share_links (organisation, task)`.execute(db)
  await isolate(db, 'share_links', ['select', 'insert', 'update'])
}
