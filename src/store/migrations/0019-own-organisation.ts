import { type Kysely, sql } from 'kysely'

/**
 * The functions that forget ran as the owner of the tables, and left it to row security to keep them within the organisation
 * of the transaction. An owner that is a superuser has none: now every statement says it itself.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create or replace function erase_task(wanted text, at timestamptz, evidence_too boolean) returns boolean
    language plpgsql security definer set search_path = airlock, pg_temp as $$
    declare own text := nullif(current_setting('app.organisation', true), '');
    begin
      update tasks set intent = '', scope = '{"include":["**"],"exclude":[]}', project_file = null,
        grant_document = null, feedback = null, cause = null, patch = null, onto = null, erased_at = at
      where organisation = own and id = wanted and erased_at is null
        and state in ('published', 'failed', 'stopped', 'rejected', 'cancelled');
      if not found then return false; end if;
      update attempts set agent_summary = null, refusals = '[]', canaries = null, cause = null
        where organisation = own and task = wanted;
      update patches set bytes = '', files = '[]', undone = '[]' where organisation = own and task = wanted;
      delete from events where organisation = own and task = wanted;
      delete from gate_reports where organisation = own and task = wanted;
      delete from egress_requests where organisation = own and task = wanted;
      delete from egress_allowances where organisation = own and task = wanted;
      delete from share_links where organisation = own and task = wanted;
      delete from log_texts where organisation = own and subject = wanted;
      if evidence_too then
        delete from evidence where organisation = own and task = wanted;
        update approvals set tuple = '', envelope = '{}' where organisation = own and task = wanted;
      end if;
      return true;
    end $$`.execute(db)

  await sql`create or replace function erase_person(wanted text) returns boolean
    language plpgsql security definer set search_path = airlock, pg_temp as $$
    declare
      own text := nullif(current_setting('app.organisation', true), '');
      erased json := json_build_object('id', wanted, 'name', 'Erased person', 'email', wanted || '@erased.invalid');
      quoted text := to_json(wanted)::text;
      old_name text;
      place record;
    begin
      select to_json(name)::text into old_name from people
        where organisation = own and id = wanted and removed_at is not null;
      if not found then return false; end if;
      for place in
        select table_name, column_name from information_schema.columns
        where table_schema = 'airlock' and data_type = 'json'
          and (column_name ~ '_by$' or column_name = 'requester')
      loop
        execute format('update airlock.%I set %I = $1
          where organisation = $3 and json_typeof(%I) = ''object'' and (%I -> ''id'')::text = $2',
          place.table_name, place.column_name, place.column_name, place.column_name) using erased, quoted, own;
      end loop;
      update tasks set publication = replace(publication::text, (publication -> 'approver')::text, erased::text)::json
        where organisation = own and publication is not null and (publication -> 'approver' -> 'id')::text = quoted;
      update events set body = replace(body::text, '"by":' || old_name, '"by":"Erased person"')::json
        where organisation = own and strpos(body::text, '"by":' || old_name) > 0;
      update gate_reports set report = replace(report::text, '"by":' || old_name, '"by":"Erased person"')::json
        where organisation = own and strpos(report::text, '"by":' || old_name) > 0
          and task in (select id from tasks where organisation = own
            and state in ('published', 'failed', 'stopped', 'rejected', 'cancelled'));
      delete from log_texts where organisation = own and person = wanted;
      delete from person_identities where organisation = own and person = wanted;
      delete from invitations where organisation = own and (person = wanted
        or lower(email) = (select lower(email) from people where organisation = own and id = wanted));
      update access_tokens set name = '' where organisation = own and person = wanted;
      update people set name = 'Erased person', email = wanted || '@erased.invalid'
        where organisation = own and id = wanted;
      return true;
    end $$`.execute(db)

  await sql`create or replace function forget_decisions(before timestamptz) returns void
    language sql security definer set search_path = airlock, pg_temp
    as $$ delete from decisions
      where organisation = nullif(current_setting('app.organisation', true), '') and at < before $$`.execute(
    db,
  )
}
