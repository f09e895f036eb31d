import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** Organisations, the people in them, how they sign in, and what they configured. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table organisations (
    ${ORGANISATION} primary key,
    name text not null,
    task_count integer not null default 0,
    created_at timestamptz not null
  )`.execute(db)
  await isolate(db, 'organisations', ['select', 'insert', 'update'])
  // Start-up recovery asks which organisations there are. The owner role serves nobody's request.
  await sql`create policy recovery on organisations for select to current_user using (true)`.execute(db)

  await sql`create table people (
    ${ORGANISATION} references organisations,
    id text not null,
    name text not null,
    email text not null,
    role text not null,
    created_at timestamptz not null,
    removed_at timestamptz,
    primary key (organisation, id)
  )`.execute(db)
  await sql`create unique index people_email on people (organisation, lower(email))
    where removed_at is null`.execute(db)
  await isolate(db, 'people', ['select', 'insert', 'update'])

  await sql`create table access_tokens (
    ${ORGANISATION},
    hash bytea not null unique check (octet_length(hash) = 32),
    person text not null,
    created_at timestamptz not null,
    last_used_at timestamptz,
    revoked_at timestamptz,
    primary key (organisation, hash),
    foreign key (organisation, person) references people (organisation, id)
  )`.execute(db)
  await isolate(db, 'access_tokens', ['select', 'insert', 'update'])
  await tokenLookup(db)

  await sql`create table projects (
    ${ORGANISATION} references organisations,
    id text not null,
    name text not null,
    url text not null,
    default_branch text,
    protected_branches json not null,
    created_at timestamptz not null,
    primary key (organisation, id),
    unique (organisation, name),
    unique (organisation, url)
  )`.execute(db)
  await isolate(db, 'projects', ['select', 'insert', 'update'])
}

/**
 * A request arrives with a token before anyone knows its organisation. This one function answers that for one exact
 * hash and tells nothing else; it needs the owner's own policy because row security is forced on the owner too.
 */
async function tokenLookup(db: Kysely<unknown>): Promise<void> {
  await sql`create policy token_lookup on access_tokens for select to current_user using (true)`.execute(db)
  await sql`create function organisation_of_token(wanted bytea) returns text
    language sql stable security definer set search_path = airlock, pg_temp
    as 'select organisation from access_tokens where hash = wanted'`.execute(db)
  await sql`revoke all on function organisation_of_token(bytea) from public`.execute(db)
  await sql`grant execute on function organisation_of_token(bytea) to airlock_query`.execute(db)
}
