import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** How long an organisation keeps what, and what is forgotten on request. The audit log is never touched. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table organisations
    add column task_days integer check (task_days > 0),
    add column decision_days integer not null default 400 check (decision_days > 0)`.execute(db)
  await sql`alter table tasks add column erased_at timestamptz`.execute(db)

  // words of people that the log names by a digest: with the row goes the salt, and the digest says nothing any more
  await sql`create table log_texts (
    ${ORGANISATION} references organisations,
    digest text not null,
    subject text not null,
    person text not null,
    salt bytea not null,
    text text not null,
    created_at timestamptz not null,
    primary key (organisation, digest)
  )`.execute(db)
  await sql`create index log_texts_of on log_texts (organisation, subject)`.execute(db)
  await isolate(db, 'log_texts', ['select', 'insert'])

  await eraseTask(db)
  await erasePerson(db)
  await forgetDecisions(db)
}

/**
 * The query role may not delete what a task left; it may call this, which forgets one task that is at an end and no more.
 * As a function of the owner it is bound to the organisation of the transaction like every statement. Digests stay:
 * what was signed is still known by them.
 */
async function eraseTask(db: Kysely<unknown>): Promise<void> {
  await sql`create function erase_task(wanted text, at timestamptz, evidence_too boolean) returns boolean
    language plpgsql security definer set search_path = airlock, pg_temp as $$
    begin
      update tasks set intent = '', scope = '{"include":["**"],"exclude":[]}', project_file = null,
        grant_document = null, feedback = null, cause = null, patch = null, onto = null, erased_at = at
      where id = wanted and erased_at is null
        and state in ('published', 'failed', 'stopped', 'rejected', 'cancelled');
      if not found then return false; end if;
      update attempts set agent_summary = null, refusals = '[]', canaries = null, cause = null where task = wanted;
      update patches set bytes = '', files = '[]', undone = '[]' where task = wanted;
      delete from events where task = wanted;
      delete from gate_reports where task = wanted;
      delete from egress_requests where task = wanted;
      delete from egress_allowances where task = wanted;
      delete from share_links where task = wanted;
      delete from log_texts where subject = wanted;
      if evidence_too then
        delete from evidence where task = wanted;
        update approvals set tuple = '', envelope = '{}' where task = wanted;
      end if;
      return true;
    end $$`.execute(db)
  await allow(db, 'erase_task(text, timestamptz, boolean)')
}

/**
 * Puts a name nobody has in place of a removed person's, wherever a column holds a person, and forgets how they signed in.
 * New tables are found by the names of their columns. Signed approvals and evidence keep the name of who signed.
 */
async function erasePerson(db: Kysely<unknown>): Promise<void> {
  await sql`create function erase_person(wanted text) returns boolean
    language plpgsql security definer set search_path = airlock, pg_temp as $$
    declare
      erased json := json_build_object('id', wanted, 'name', 'Erased person', 'email', wanted || '@erased.invalid');
      quoted text := to_json(wanted)::text;
      old_name text;
      place record;
    begin
      select to_json(name)::text into old_name from people where id = wanted and removed_at is not null;
      if not found then return false; end if;
      for place in
        select table_name, column_name from information_schema.columns
        where table_schema = 'airlock' and data_type = 'json'
          and (column_name ~ '_by$' or column_name = 'requester')
      loop
        execute format('update airlock.%I set %I = $1 where json_typeof(%I) = ''object'' and (%I -> ''id'')::text = $2',
          place.table_name, place.column_name, place.column_name, place.column_name) using erased, quoted;
      end loop;
      update tasks set publication = replace(publication::text, (publication -> 'approver')::text, erased::text)::json
        where publication is not null and (publication -> 'approver' -> 'id')::text = quoted;
      update events set body = replace(body::text, '"by":' || old_name, '"by":"Erased person"')::json
        where strpos(body::text, '"by":' || old_name) > 0;
      update gate_reports set report = replace(report::text, '"by":' || old_name, '"by":"Erased person"')::json
        where strpos(report::text, '"by":' || old_name) > 0
          and task in (select id from tasks where state in ('published', 'failed', 'stopped', 'rejected', 'cancelled'));
      delete from log_texts where person = wanted;
      delete from person_identities where person = wanted;
      delete from invitations where person = wanted
        or lower(email) = (select lower(email) from people where id = wanted);
      update access_tokens set name = '' where person = wanted;
      update people set name = 'Erased person', email = wanted || '@erased.invalid' where id = wanted;
      return true;
    end $$`.execute(db)
  await allow(db, 'erase_person(text)')
}

async function forgetDecisions(db: Kysely<unknown>): Promise<void> {
  await sql`create function forget_decisions(before timestamptz) returns void
    language sql security definer set search_path = airlock, pg_temp
    as 'delete from decisions where at < before'`.execute(db)
  await allow(db, 'forget_decisions(timestamptz)')
}

async function allow(db: Kysely<unknown>, signature: string): Promise<void> {
  await sql.raw(`revoke all on function ${signature} from public`).execute(db)
  await sql.raw(`grant execute on function ${signature} to airlock_query`).execute(db)
}
