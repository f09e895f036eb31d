import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** How people and programs sign in: what belongs to an organisation here, what belongs to the server in a schema of its own. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table service_accounts (
    ${ORGANISATION} references organisations,
    id text not null,
    name text not null,
    role text not null,
    created_by json not null,
    created_at timestamptz not null,
    removed_at timestamptz,
    primary key (organisation, id)
  )`.execute(db)
  await sql`create unique index service_accounts_name on service_accounts (organisation, lower(name))
    where removed_at is null`.execute(db)
  await isolate(db, 'service_accounts', ['select', 'insert', 'update'])

  await sql`alter table access_tokens
    add column id text not null generated always as ('tok_' || substr(encode(hash, 'hex'), 1, 20)) stored,
    add column service_account text,
    add column kind text not null default 'person' check (kind in ('person', 'cli', 'key')),
    add column name text not null default '',
    add column permissions json,
    add column expires_at timestamptz,
    alter column person drop not null,
    add check ((person is null) <> (service_account is null)),
    add unique (organisation, id),
    add foreign key (organisation, service_account) references service_accounts (organisation, id)`.execute(
    db,
  )
  // Row security hides the rows from an update here; an expression fills them in, and is not needed any more.
  await sql`alter table access_tokens alter column id drop expression`.execute(db)

  await sql`create table invitations (
    ${ORGANISATION} references organisations,
    id text not null,
    hash bytea not null check (octet_length(hash) = 32),
    person text,
    name text not null,
    email text not null,
    role text not null,
    invited_by json,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz,
    primary key (organisation, id),
    unique (organisation, hash),
    foreign key (organisation, person) references people (organisation, id)
  )`.execute(db)
  await isolate(db, 'invitations', ['select', 'insert', 'update'])

  await sql`create table identity_providers (
    ${ORGANISATION} references organisations,
    id text not null,
    issuer text not null,
    domain text not null,
    created_by json not null,
    created_at timestamptz not null,
    removed_at timestamptz,
    primary key (organisation, id)
  )`.execute(db)
  await isolate(db, 'identity_providers', ['select', 'insert', 'update'])

  await personIdentities(db)
  await identitySchema(db)
}

/**
 * Which person somebody who signed in is. They sign in before anyone knows their organisation: one function answers
 * where an identity is known and tells nothing else; it needs the owner's own policy, as for tokens.
 */
async function personIdentities(db: Kysely<unknown>): Promise<void> {
  await sql`create table person_identities (
    ${ORGANISATION},
    identity text not null,
    person text not null,
    created_at timestamptz not null,
    primary key (organisation, identity),
    unique (organisation, person),
    foreign key (organisation, person) references people (organisation, id)
  )`.execute(db)
  await isolate(db, 'person_identities', ['select', 'insert', 'delete'])
  await sql`create policy identity_lookup on person_identities for select to current_user using (true)`.execute(
    db,
  )
  await sql`create function organisations_of_identity(wanted text) returns setof text
    language sql stable security definer set search_path = airlock, pg_temp
    as 'select organisation from person_identities where identity = wanted order by created_at'`.execute(db)
  await sql`revoke all on function organisations_of_identity(text) from public`.execute(db)
  await sql`grant execute on function organisations_of_identity(text) to airlock_query`.execute(db)
}

/**
 * The tables of better-auth 1.7.5 under its own names, and three of ours beside them. Its role changes rows and nothing
 * else; the query role has no right to see that there are any.
 */
async function identitySchema(db: Kysely<unknown>): Promise<void> {
  await sql`create schema if not exists airlock_identity`.execute(db)
  for (const table of IDENTITY_TABLES) await sql.raw(table).execute(db)
  await sql`grant usage on schema airlock_identity to airlock_identity`.execute(db)
  await sql`grant select, insert, update, delete on all tables in schema airlock_identity to airlock_identity`.execute(
    db,
  )
}

const OF_USER = `"userId" text not null references airlock_identity."user" on delete cascade`
const BORN = `"createdAt" timestamptz not null, "updatedAt" timestamptz not null`

const IDENTITY_TABLES = [
  `create table airlock_identity."user" (
    id text primary key, name text not null, email text not null unique, "emailVerified" boolean not null,
    image text, ${BORN}, "twoFactorEnabled" boolean
  )`,
  `create table airlock_identity.session (
    id text primary key, "expiresAt" timestamptz not null, token text not null unique, ${BORN},
    "ipAddress" text, "userAgent" text, ${OF_USER}
  )`,
  `create index on airlock_identity.session ("userId")`,
  `create table airlock_identity.account (
    id text primary key, "accountId" text not null, "providerId" text not null, ${OF_USER},
    "accessToken" text, "refreshToken" text, "idToken" text,
    "accessTokenExpiresAt" timestamptz, "refreshTokenExpiresAt" timestamptz, scope text, password text, ${BORN},
    unique ("providerId", "accountId")
  )`,
  `create index on airlock_identity.account ("userId")`,
  `create table airlock_identity.verification (
    id text primary key, identifier text not null, value text not null, "expiresAt" timestamptz not null, ${BORN}
  )`,
  `create index on airlock_identity.verification (identifier)`,
  `create table airlock_identity."twoFactor" (
    id text primary key, secret text not null, "backupCodes" text not null, ${OF_USER},
    verified boolean, "failedVerificationCount" integer, "lockedUntil" timestamptz
  )`,
  `create index on airlock_identity."twoFactor" ("userId")`,
  `create table airlock_identity.passkey (
    id text primary key, name text, "publicKey" text not null, ${OF_USER}, "credentialID" text not null unique,
    counter bigint not null, "deviceType" text not null, "backedUp" boolean not null, transports text,
    "createdAt" timestamptz, aaguid text
  )`,
  `create index on airlock_identity.passkey ("userId")`,
  `create table airlock_identity."ssoProvider" (
    id text primary key, issuer text not null, "oidcConfig" text, "samlConfig" text, "userId" text,
    "providerId" text not null unique, "organizationId" text, domain text not null
  )`,
  // Ours: what was failed how often, the last step of a one-time code that was used, and command lines that wait.
  `create table airlock_identity.failures (
    key text primary key, count integer not null, since timestamptz not null, locked_until timestamptz
  )`,
  `create table airlock_identity.used_steps (
    identity text primary key references airlock_identity."user" on delete cascade, step bigint not null
  )`,
  `create table airlock_identity.device_logins (
    device_hash bytea primary key check (octet_length(device_hash) = 32),
    user_hash bytea not null unique check (octet_length(user_hash) = 32),
    name text not null, address text not null,
    created_at timestamptz not null, expires_at timestamptz not null,
    organisation text, person text, denied boolean not null default false
  )`,
]
