import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

// Documents are `json`, not `jsonb`: their text stays as written, and a NUL or a lone surrogate that an agent put
// into a string is kept instead of refusing the row.

/** Tasks and everything one attempt after another leaves behind, up to the published commit. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await tasks(db)
  await work(db)
  await checks(db)
  await publication(db)
}

async function tasks(db: Kysely<unknown>): Promise<void> {
  await sql`create table tasks (
    ${ORGANISATION} references organisations,
    id text not null,
    number integer not null,
    project text not null,
    state text not null,
    attempt integer not null,
    lost integer not null default 0,
    version integer not null default 1,
    event_count bigint not null default 0,
    intent text not null,
    base_branch text not null,
    base_commit text not null,
    scope json not null,
    agent text not null,
    model text not null,
    budget json not null,
    requester json not null,
    project_file json,
    grant_document json,
    feedback text,
    patch text,
    onto text,
    cause json,
    publication json,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (organisation, id),
    unique (organisation, number),
    foreign key (organisation, project) references projects (organisation, id)
  )`.execute(db)
  await sql`create index tasks_by_state on tasks (organisation, state, number)`.execute(db)
  await isolate(db, 'tasks', ['select', 'insert', 'update'])
}

async function work(db: Kysely<unknown>): Promise<void> {
  await sql`create table attempts (
    ${ORGANISATION},
    id text not null,
    task text not null,
    number integer not null,
    step text not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    agent_ending text,
    cause json,
    spend json not null,
    agent_summary text,
    refusals json not null,
    iterations integer not null default 0,
    agent_seconds double precision not null default 0,
    primary key (organisation, id),
    unique (organisation, task, number),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await isolate(db, 'attempts', ['select', 'insert', 'update'])

  await sql`create table events (
    ${ORGANISATION},
    task text not null,
    sequence bigint not null,
    attempt integer not null,
    at timestamptz not null,
    body json not null,
    primary key (organisation, task, sequence),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await isolate(db, 'events', ['select', 'insert'])

  await sql`create table patches (
    ${ORGANISATION},
    id text not null,
    task text not null,
    attempt integer not null,
    base text not null,
    tree text not null,
    digest text not null,
    size integer not null,
    bytes bytea not null,
    files json not null,
    undone json not null,
    origin text not null,
    created_at timestamptz not null,
    primary key (organisation, id),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await sql`create index patches_by_digest on patches (organisation, task, digest)`.execute(db)
  await isolate(db, 'patches', ['select', 'insert'])
}

async function checks(db: Kysely<unknown>): Promise<void> {
  await sql`create table gate_reports (
    ${ORGANISATION},
    task text not null,
    patch_digest text not null,
    iteration integer not null,
    report json not null,
    created_at timestamptz not null,
    primary key (organisation, task, patch_digest),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await isolate(db, 'gate_reports', ['select', 'insert', 'update'])

  await sql`create table gate_base_cache (
    ${ORGANISATION} references organisations,
    key text not null,
    run json not null,
    created_at timestamptz not null,
    primary key (organisation, key)
  )`.execute(db)
  await isolate(db, 'gate_base_cache', ['select', 'insert', 'update', 'delete'])
}

async function publication(db: Kysely<unknown>): Promise<void> {
  await sql`create table approvals (
    ${ORGANISATION},
    id text not null,
    task text not null,
    tuple text not null,
    envelope json not null,
    created_at timestamptz not null,
    primary key (organisation, id),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await isolate(db, 'approvals', ['select', 'insert'])

  // The approval is the key: one approval publishes once.
  await sql`create table publications (
    ${ORGANISATION},
    approval text not null,
    task text not null,
    branch text not null,
    commit text not null,
    push boolean not null,
    state text not null,
    created_at timestamptz not null,
    ended_at timestamptz,
    primary key (organisation, approval),
    foreign key (organisation, approval) references approvals (organisation, id),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await isolate(db, 'publications', ['select', 'insert', 'update'])

  await sql`create table evidence (
    ${ORGANISATION},
    commit text not null,
    task text not null,
    bundle text not null,
    created_at timestamptz not null,
    primary key (organisation, commit),
    foreign key (organisation, task) references tasks (organisation, id)
  )`.execute(db)
  await isolate(db, 'evidence', ['select', 'insert'])
}
