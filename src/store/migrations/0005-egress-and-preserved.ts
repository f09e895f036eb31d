import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** What setup asked for beyond its presets and what people allowed; workspaces that are kept for a look around. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await egress(db)
  await preserved(db)
}

async function egress(db: Kysely<unknown>): Promise<void> {
  await sql`create table egress_requests (
    ${ORGANISATION},
    task text not null,
    target text not null,
    method text not null,
    path text not null,
    scheme text not null,
    host text not null,
    port integer not null,
    origin text not null,
    times integer not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    primary key (organisation, task, target, method, path),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await isolate(db, 'egress_requests', ['select', 'insert', 'update'])

  // task is null where the whole project was allowed it
  await sql`create table egress_allowances (
    ${ORGANISATION},
    id text not null,
    project text not null,
    task text,
    target text not null,
    rule json not null,
    reason text not null,
    allowed_by json not null,
    allowed_at timestamptz not null,
    revoked_at timestamptz,
    primary key (organisation, id),
    foreign key (organisation, project) references projects (organisation, id),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await sql`create unique index egress_allowances_standing
    on egress_allowances (organisation, project, coalesce(task, ''), target)
    where revoked_at is null`.execute(db)
  await isolate(db, 'egress_allowances', ['select', 'insert', 'update'])
}

async function preserved(db: Kysely<unknown>): Promise<void> {
  await sql`alter table tasks add column preserve_seconds integer`.execute(db)
  await sql`create table preserved_workspaces (
    ${ORGANISATION},
    id text not null,
    task text not null,
    attempt integer not null,
    phase text not null,
    preserved_at timestamptz not null,
    expires_at timestamptz not null,
    destroyed_at timestamptz,
    primary key (organisation, id),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await sql`create unique index preserved_workspaces_one_a_task
    on preserved_workspaces (organisation, task) where destroyed_at is null`.execute(db)
  await isolate(db, 'preserved_workspaces', ['select', 'insert', 'update'])
}
