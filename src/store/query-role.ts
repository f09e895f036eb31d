import { type Kysely, sql } from 'kysely'
import { AirlockError } from '#kernel/failure.ts'
import type { Tables } from './schema.ts'

/** The role that every request and job works under. It owns nothing, so row security binds it. */
export const QUERY_ROLE = 'airlock_query'

/** The role of the parts that know how people sign in; it reaches nothing but the schema of the same name. */
export const IDENTITY_ROLE = 'airlock_identity'

/** Makes a role where it is missing and lets the login that works under it step down to it. */
export async function ensureRole(
  owner: Kysely<Tables>,
  role: typeof QUERY_ROLE | typeof IDENTITY_ROLE,
  login: string | undefined,
): Promise<void> {
  try {
    const { rows } = await sql`select from pg_roles where rolname = ${role}`.execute(owner)
    if (rows.length === 0)
      await sql`create role ${sql.id(role)} nologin nosuperuser nobypassrls`.execute(owner)
    const from = login ?? (await currentUser(owner))
    if (!(await mayBecome(owner, from, role)))
      await sql`grant ${sql.id(role)} to ${sql.id(from)}`.execute(owner)
  } catch (error) {
    throw new AirlockError(
      {
        code: 'database_unavailable',
        message: `The database user may not create the role ${role}, which Airlock works under.`,
        rule: 'database.query_role',
        remedy: `As a superuser: create role ${role} nologin; grant ${role} to <the user of DATABASE_URL>;`,
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

async function mayBecome(owner: Kysely<Tables>, login: string, role: string): Promise<boolean> {
  if (login === role) return true
  const { rows } = await sql<{ member: boolean }>`
    select pg_has_role(${login}, ${role}, 'member') as member`.execute(owner)
  return rows[0]?.member === true
}
