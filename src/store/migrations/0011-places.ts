import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** Places within an organisation, and the roles that were given there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table organisations
    add column time_zone text not null default 'UTC'`.execute(db)

  await sql`create table teams (
    ${ORGANISATION} references organisations,
    id text not null,
    name text not null,
    created_at timestamptz not null,
    removed_at timestamptz,
    primary key (organisation, id)
  )`.execute(db)
  await sql`create unique index teams_name on teams (organisation, lower(name))
    where removed_at is null`.execute(db)
  await isolate(db, 'teams', ['select', 'insert', 'update'])

  await sql`create table team_members (
    ${ORGANISATION},
    team text not null,
    member text not null,
    added_by json not null,
    added_at timestamptz not null,
    primary key (organisation, team, member),
    foreign key (organisation, team) references teams (organisation, id)
  )`.execute(db)
  await sql`create index team_members_of on team_members (organisation, member)`.execute(db)
  await isolate(db, 'team_members', ['select', 'insert', 'delete'])

  await projects(db)

  await sql`create table environments (
    ${ORGANISATION},
    id text not null,
    project text not null,
    name text not null,
    created_at timestamptz not null,
    removed_at timestamptz,
    primary key (organisation, id),
    foreign key (organisation, project) references projects (organisation, id)
  )`.execute(db)
  await sql`create unique index environments_name on environments (organisation, project, name)
    where removed_at is null`.execute(db)
  await isolate(db, 'environments', ['select', 'insert', 'update'])

  await roles(db)
}

/** What is disconnected stays, for the tasks that came from it; its name and address are free again. */
async function projects(db: Kysely<unknown>): Promise<void> {
  await sql`alter table projects
    add column team text,
    add column autonomy integer not null default 0 check (autonomy between 0 and 3),
    add column removed_at timestamptz,
    add foreign key (organisation, team) references teams (organisation, id),
    drop constraint projects_organisation_name_key,
    drop constraint projects_organisation_url_key`.execute(db)
  await sql`create unique index projects_name on projects (organisation, name) where removed_at is null`.execute(
    db,
  )
  await sql`create unique index projects_url on projects (organisation, url) where removed_at is null`.execute(
    db,
  )
}

/**
 * What somebody is in the whole organisation stands with them; here is what they, their teams or a service account
 * are besides. A member without a role there sees only what is given to them at a narrower place.
 */
async function roles(db: Kysely<unknown>): Promise<void> {
  await sql`create table role_bindings (
    ${ORGANISATION} references organisations,
    id text not null,
    subject_kind text not null check (subject_kind in ('person', 'team', 'service-account')),
    subject text not null,
    role text not null check (role in ('viewer', 'developer', 'maintainer', 'admin', 'owner')),
    place_kind text not null check (place_kind in ('Server', 'Organisation', 'Team', 'Project', 'Environment')),
    place text not null,
    given_by json not null,
    given_at timestamptz not null,
    removed_at timestamptz,
    primary key (organisation, id)
  )`.execute(db)
  await sql`create unique index role_bindings_one on role_bindings (organisation, subject, place_kind, place)
    where removed_at is null`.execute(db)
  await isolate(db, 'role_bindings', ['select', 'insert', 'update'])

  await sql`alter table people
    drop constraint people_role,
    add constraint people_role check (role in ('member', 'viewer', 'developer', 'maintainer', 'admin', 'owner')),
    add column role_changed_at timestamptz`.execute(db)
  await sql`alter table service_accounts
    add constraint service_accounts_role
      check (role in ('member', 'viewer', 'developer', 'maintainer', 'admin', 'owner')),
    add column role_changed_at timestamptz`.execute(db)
}
