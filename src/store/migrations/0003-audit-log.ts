import { type Kysely, sql } from 'kysely'
import { isolate, ORGANISATION } from './isolate.ts'

/** The audit log: entries, the subtree roots above them, signed checkpoints, and the row that says how far it goes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table audit_log (
    ${ORGANISATION} primary key references organisations,
    size bigint not null,
    frontier bytea not null
  )`.execute(db)
  await isolate(db, 'audit_log', ['select', 'insert', 'update'])

  await sql`create table audit_entries (
    ${ORGANISATION} references organisations,
    index bigint not null,
    subject text not null,
    bytes bytea not null,
    leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
    primary key (organisation, index)
  )`.execute(db)
  await sql`create index audit_entries_by_subject on audit_entries (organisation, subject, index)`.execute(db)
  await isolate(db, 'audit_entries', ['select', 'insert'])

  await sql`create table audit_nodes (
    ${ORGANISATION} references organisations,
    level integer not null check (level > 0),
    index bigint not null,
    hash bytea not null check (octet_length(hash) = 32),
    primary key (organisation, level, index)
  )`.execute(db)
  await isolate(db, 'audit_nodes', ['select', 'insert'])

  await sql`create table audit_checkpoints (
    ${ORGANISATION} references organisations,
    size bigint not null,
    note text not null,
    created_at timestamptz not null,
    primary key (organisation, size)
  )`.execute(db)
  await isolate(db, 'audit_checkpoints', ['select', 'insert'])

  await refuseRewriting(db)
}

/** The query role has no right to rewrite; the triggers refuse it to the owner and to a superuser as well. */
async function refuseRewriting(db: Kysely<unknown>): Promise<void> {
  await sql`create function refuse_rewriting() returns trigger language plpgsql as '
    begin
      raise exception ''the audit log is append-only: % on % refused'', tg_op, tg_table_name
        using errcode = ''insufficient_privilege'';
    end'`.execute(db)
  for (const table of ['audit_entries', 'audit_nodes', 'audit_checkpoints'])
    await sql`create trigger append_only before update or delete or truncate on ${sql.table(table)}
      for each statement execute function refuse_rewriting()`.execute(db)

  await sql`create trigger never_removed before delete or truncate on audit_log
    for each statement execute function refuse_rewriting()`.execute(db)
  await sql`create function refuse_shrinking() returns trigger language plpgsql as '
    begin
      if new.size <= old.size or new.organisation <> old.organisation then
        raise exception ''the audit log only grows'' using errcode = ''insufficient_privilege'';
      end if;
      return new;
    end'`.execute(db)
  await sql`create trigger only_grows before update on audit_log
    for each row execute function refuse_shrinking()`.execute(db)
}
