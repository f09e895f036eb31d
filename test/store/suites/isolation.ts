import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestStore } from '#test/support/database.ts'
import { type FullOrganisation, fullOrganisation } from '#test/support/every-table.ts'
import { asAdmin } from '#test/support/postgres-server.ts'

const DENIED = '42501' // insufficient_privilege: no grant, or a row security policy

/** Promise 2: every table of the catalogue, tried from another organisation, as SQL under the query role. */
export function isolationSuite(open: () => Promise<TestStore>): void {
  describe('isolation of organisations', () => {
    let opened: TestStore
    let ours: FullOrganisation
    let theirs: FullOrganisation
    let tables: string[]

    beforeAll(async () => {
      opened = await open()
      ours = await fullOrganisation(opened.store)
      theirs = await fullOrganisation(opened.store)
      tables = await tablesOf(opened)
    })
    afterAll(() => opened.close())

    test('the catalogue holds our tables and nothing that row security does not cover', async () => {
      expect(tables).toEqual([
        'access_tokens',
        'approvals',
        'attempts',
        'audit_checkpoints',
        'audit_entries',
        'audit_log',
        'audit_nodes',
        'budget_holds',
        'budget_limits',
        'budget_use',
        'confirmations',
        'decisions',
        'egress_allowances',
        'egress_requests',
        'environments',
        'events',
        'evidence',
        'gate_base_cache',
        'gate_reports',
        'identity_providers',
        'invitations',
        'log_texts',
        'organisations',
        'password_resets',
        'patches',
        'people',
        'person_identities',
        'policies',
        'preserved_workspaces',
        'projects',
        'publications',
        'role_bindings',
        'secret_versions',
        'secrets',
        'service_accounts',
        'share_links',
        'tasks',
        'team_members',
        'teams',
      ])
      const others = await admin(
        `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where nspname = 'airlock' and relkind not in ('r', 'i')`,
      )
      expect(others).toEqual([])
    })

    test('every table has forced row security, an organisation, and an owner that is not the query role', async () => {
      const rows = await admin(
        `select relname as name, relrowsecurity as secured, relforcerowsecurity as forced,
           pg_get_userbyid(relowner) as owner,
           (select attnotnull from pg_attribute a where a.attrelid = c.oid and attname = 'organisation') as tied,
           (select pg_get_expr(polqual, polrelid) = pg_get_expr(polwithcheck, polrelid)
              from pg_policy where polrelid = c.oid and polname = 'own_organisation') as both_ways
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where nspname = 'airlock' and relkind = 'r'`,
      )
      const wanted = { secured: true, forced: true, owner: 'airlock_owner', tied: true, both_ways: true }
      expect(rows).toEqual(rows.map(({ name }) => ({ name, ...wanted })))
      expect(rows).toHaveLength(tables.length)
    })

    test('only three policies look beyond one organisation, and only for the owner', async () => {
      const rows = await admin(
        `select policyname as policy, tablename as table, roles::text, cmd from pg_policies
         where schemaname = 'airlock' and policyname <> 'own_organisation' order by policyname`,
      )
      expect(rows).toEqual([
        {
          policy: 'identity_lookup',
          table: 'person_identities',
          roles: '{airlock_owner}',
          cmd: 'SELECT',
        },
        { policy: 'recovery', table: 'organisations', roles: '{airlock_owner}', cmd: 'SELECT' },
        { policy: 'token_lookup', table: 'access_tokens', roles: '{airlock_owner}', cmd: 'SELECT' },
      ])
    })

    test('every key and every reference includes the organisation', async () => {
      const rows = await admin(
        `select conrelid::regclass::text as table, conname as name from pg_constraint k
         join pg_namespace n on n.oid = k.connamespace
         where nspname = 'airlock' and contype in ('p', 'u', 'f') and not exists (
           select from pg_attribute a where a.attrelid = conrelid and a.attnum = any (conkey) and attname = 'organisation'
         )`,
      )
      // A token's hash is looked up before its organisation is known.
      expect(rows.map(({ name }) => name)).toEqual(['access_tokens_hash_key'])
    })

    test('the query role is no superuser, bypasses nothing, and owns nothing', async () => {
      const rows = await admin(
        `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
           (select count(*)::int from pg_class where relowner = r.oid) as owns
         from pg_roles r where rolname = 'airlock_query'`,
      )
      expect(rows).toEqual([
        { rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, owns: 0 },
      ])
    })

    test('the query role has no right at all to how people sign in, and the role of sign-in none to anything else', async () => {
      const rights = await admin(
        `select nspname || '.' || relname as table, privilege,
           has_table_privilege('airlock_query', c.oid, privilege) as query,
           has_table_privilege('airlock_identity', c.oid, privilege) as identity
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         cross join unnest(array['select','insert','update','delete','truncate','references','trigger']) privilege
         where relkind in ('r', 'v', 'S', 'p', 'm') and nspname in ('airlock', 'airlock_identity', 'pgboss', 'airlock_migrations')`,
      )
      const ofSignIn = rights.filter(({ table }) => table.startsWith('airlock_identity.'))
      expect(new Set(ofSignIn.map(({ table }) => table.split('.')[1]))).toEqual(new Set(SIGN_IN_TABLES))
      expect(ofSignIn.filter(({ query }) => query)).toEqual([])
      const rows = ['select', 'insert', 'update', 'delete']
      expect(ofSignIn.filter(({ identity, privilege }) => identity !== rows.includes(privilege))).toEqual([])
      const others = rights.filter(({ table }) => !table.startsWith('airlock_identity.'))
      expect(others.length).toBeGreaterThan(tables.length)
      expect(others.filter(({ identity }) => identity)).toEqual([])
      for (const table of SIGN_IN_TABLES)
        expect(await attempt(ours.organisation, `select 1 from airlock_identity."${table}"`)).toBe(DENIED)
      for (const table of tables) {
        const query = `select 1 from airlock.${table}`
        await expect(opened.store.identity.query(query), table).rejects.toMatchObject({ code: DENIED })
      }
      const reach = await admin(
        `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
           has_schema_privilege(oid, 'airlock_identity', 'create') as creates,
           has_schema_privilege(oid, 'airlock', 'usage') as inside,
           has_function_privilege(oid, 'airlock.organisation_of_token(bytea)', 'execute') as looks_up
         from pg_roles where rolname = 'airlock_identity'`,
      )
      expect(new Set(Object.values(reach[0]))).toEqual(new Set([false]))
    })

    test('each organisation has a row in every table, so that the next tests prove something', async () => {
      for (const table of tables)
        for (const { organisation } of [ours, theirs])
          expect(await rowsOf(table, organisation), table).not.toEqual([])
    })

    test('no row can be read from another organisation, nor from none', async () => {
      for (const table of tables) {
        expect(await countAs(ours.organisation, table, theirs.organisation), table).toBe(0)
        expect(await countAs('', table, theirs.organisation), table).toBe(0)
        expect(await countAs(undefined, table, theirs.organisation), table).toBe(0)
        expect(await countAs(ours.organisation, table, ours.organisation), table).toBeGreaterThan(0)
      }
    })

    test('no row can be changed or removed from another organisation', async () => {
      for (const table of tables) {
        const before = await rowsOf(table, theirs.organisation)
        const where = `where organisation = '${theirs.organisation}'`
        for (const statement of [
          `update airlock.${table} set organisation = organisation ${where}`,
          `delete from airlock.${table} ${where}`,
        ])
          expect([0, DENIED], statement).toContain(await attempt(ours.organisation, statement))
        expect(await attempt(ours.organisation, `truncate airlock.${table}`), table).toBe(DENIED)
        expect(await rowsOf(table, theirs.organisation), table).toEqual(before)
      }
    })

    test('no row can be put into another organisation, neither new nor moved', async () => {
      for (const table of tables) {
        const [row] = await rowsOf(table, theirs.organisation)
        const insert = `insert into airlock.${table}
          select * from json_populate_record(null::airlock.${table}, $1)`
        expect(await attempt(ours.organisation, insert, [JSON.stringify(row)]), table).toBe(DENIED)
        expect(await attempt(undefined, insert, [JSON.stringify(row)]), table).toBe(DENIED)
        const move = `update airlock.${table} set organisation = '${theirs.organisation}'`
        expect(await attempt(ours.organisation, move), table).toBe(DENIED)
      }
    })

    test('the setting of one transaction does not live on in its connection', async () => {
      const { store } = opened
      for (let times = 0; times < 30; times++)
        await store.inOrganisation(ours.organisation, (tx) => tx.selectFrom('people').selectAll().execute())
      const seen = await Promise.all(
        Array.from({ length: 30 }, () =>
          store.inOrganisation('org_nobody', (tx) => tx.selectFrom('people').selectAll().execute()),
        ),
      )
      expect(seen.flat()).toEqual([])
      await expect(store.inOrganisation('', async () => 'never')).rejects.toThrow('needs an organisation')
    })

    test('the owner sees which organisations there are, and nothing inside them', async () => {
      expect(await opened.store.organisations()).toEqual([ours.organisation, theirs.organisation])
      const { rows } = await asOwner('select * from airlock.tasks')
      expect(rows).toEqual([])
    })

    async function admin(statement: string) {
      return (await asAdmin(opened.host, statement, opened.database)).rows
    }

    async function rowsOf(table: string, organisation: string) {
      return admin(
        `select row_to_json(t)::text as row from airlock.${table} t
         where organisation = '${organisation}' order by 1`,
      ).then((rows) => rows.map(({ row }) => JSON.parse(row)))
    }

    async function asOwner(statement: string) {
      const client = new pg.Client({ host: opened.host, user: 'airlock_owner', database: opened.database })
      await client.connect()
      return client.query(statement).finally(() => client.end())
    }

    /** Runs one statement as the query role and rolls it back; the rows it touched, or why it was refused. */
    async function attempt(organisation: string | undefined, statement: string, values: unknown[] = []) {
      const client = new pg.Client({ host: opened.host, user: 'airlock_query', database: opened.database })
      await client.connect()
      try {
        await client.query('begin')
        if (organisation !== undefined)
          await client.query(`select set_config('app.organisation', $1, true)`, [organisation])
        return (await client.query(statement, values)).rowCount
      } catch (error) {
        return (error as { code: string }).code
      } finally {
        await client.end()
      }
    }

    async function countAs(organisation: string | undefined, table: string, wanted: string) {
      return attempt(organisation, `select 1 from airlock.${table} where organisation = '${wanted}'`)
    }
  })
}

const SIGN_IN_TABLES = [
  'user',
  'session',
  'account',
  'verification',
  'twoFactor',
  'passkey',
  'ssoProvider',
  'failures',
  'used_steps',
  'device_logins',
]

async function tablesOf({ host, database }: TestStore): Promise<string[]> {
  const { rows } = await asAdmin(
    host,
    `select tablename from pg_tables where schemaname = 'airlock' order by tablename`,
    database,
  )
  return rows.map(({ tablename }) => tablename)
}
