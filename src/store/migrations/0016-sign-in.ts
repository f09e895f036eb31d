import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** Kinds of identity providers, links by which somebody chooses a new password, and locks that grow longer. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table identity_providers
    add column kind text not null default 'oidc' check (kind in ('oidc', 'saml'))`.execute(db)

  await sql`create table password_resets (
    ${ORGANISATION} references organisations,
    id text not null,
    hash bytea not null check (octet_length(hash) = 32),
    person text not null,
    second_factor boolean not null,
    created_by json not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz,
    primary key (organisation, id),
    unique (organisation, hash),
    foreign key (organisation, person) references people (organisation, id)
  )`.execute(db)
  await sql`create index on password_resets (organisation, person)`.execute(db)
  await isolate(db, 'password_resets', ['select', 'insert', 'update'])

  await sql`alter table airlock_identity.failures add column locks integer not null default 0`.execute(db)
}
