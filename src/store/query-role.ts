import { type Kysely, sql } from 'kysely'
import { AirlockError } from '#kernel/failure.ts'
import type { Tables } from './schema.ts'

/** The role that every request and job works under. It owns nothing, so row security binds it. */
export const QUERY_ROLE = 'airlock_query'

/** Makes the query role where it is missing and lets the login that queries run under step down to it. */
export async function ensureQueryRole(owner: Kysely<Tables>, queryLogin: string | undefined): Promise<void> {
  try {
    await sql`do $$ begin
      if not exists (select from pg_roles where rolname = 'airlock_query') then
        create role airlock_query nologin nosuperuser nobypassrls;
      end if;
    end $$`.execute(owner)
    const login = queryLogin ?? (await currentUser(owner))
    if (!(await mayBecomeQueryRole(owner, login)))
      await sql`grant airlock_query to ${sql.id(login)}`.execute(owner)
  } catch (error) {
    throw new AirlockError(
      {
        code: 'database_unavailable',
        message: 'The database user may not create the role that Airlock works under.',
        rule: 'database.query_role',
        remedy: `As a superuser: create role ${QUERY_ROLE} nologin; grant ${QUERY_ROLE} to <the user of DATABASE_URL>;`,
        details: { cause: error instanceof Error ? error.message : String(error) },
      },
      { cause: error },
    )
  }
}

/** Refuses to work on a session that row security would not bind. */
export async function requireQueryRole(query: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ name: string; unbound: boolean; owns: boolean }>`
    select current_user as name, rolsuper or rolbypassrls as unbound,
      exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'airlock' and c.relowner = r.oid) as owns
    from pg_roles r where rolname = current_user`.execute(query)
  const role = rows[0]
  if (role?.name === QUERY_ROLE && !role.unbound && !role.owns) return
  throw new AirlockError({
    code: 'database_unavailable',
    message: `Airlock must work as ${QUERY_ROLE}, a role that row security binds; this session is ${role?.name}.`,
    rule: 'database.query_role',
    remedy: `Make ${QUERY_ROLE} an ordinary role (nosuperuser nobypassrls) that owns no table of Airlock.`,
  })
}

async function currentUser(owner: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_user as name`.execute(owner)
  return rows[0]?.name ?? ''
}

async function mayBecomeQueryRole(owner: Kysely<Tables>, login: string): Promise<boolean> {
  if (login === QUERY_ROLE) return true
  const { rows } = await sql<{ member: boolean }>`
    select pg_has_role(${login}, 'airlock_query', 'member') as member`.execute(owner)
  return rows[0]?.member === true
}
