import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** Secrets of projects. What they hold stands here encrypted, under keys that never do. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // last_version also counts versions that were destroyed: a number is never given twice
  await sql`create table secrets (
    ${ORGANISATION},
    id text not null,
    project text not null,
    environment text,
    context text not null check (context in ('task', 'deployment')),
    name text not null,
    last_version integer not null,
    used_version integer,
    used_at timestamptz,
    used_for integer,
    used_by json,
    primary key (organisation, id),
    unique nulls not distinct (organisation, project, environment, context, name),
    foreign key (organisation, project) references projects (organisation, id),
    foreign key (organisation, environment) references environments (organisation, id)
  )`.execute(db)
  await isolate(db, 'secrets', ['select', 'insert', 'update', 'delete'])

  // sealed under a data key of its own, which is wrapped under the key-encryption key that wrapped_by names
  await sql`create table secret_versions (
    ${ORGANISATION},
    secret text not null,
    version integer not null,
    bytes integer not null,
    sealed bytea not null,
    wrapped_key bytea not null,
    wrapped_by text not null,
    created_by json,
    created_at timestamptz not null,
    primary key (organisation, secret, version),
    foreign key (organisation, secret) references secrets (organisation, id) on delete cascade
  )`.execute(db)
  await sql`create index secret_versions_key on secret_versions (organisation, wrapped_by)`.execute(db)
  await isolate(db, 'secret_versions', ['select', 'insert', 'update', 'delete'])
}
