import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '#store/database.ts'
import { MIGRATIONS } from '#store/migrate.ts'
import { insertOrganisation } from '#store/organisations.ts'
import { MORNING } from '#test/support/database.ts'
import { asAdmin } from '#test/support/postgres-server.ts'

/** A server of the user's: the roles and databases an administrator would have made, and some they would not. */
export function externalServerSuite(host: () => string): void {
  describe("a database server of the user's", () => {
    const name = `external_${randomBytes(6).toString('hex')}`
    const owner = `${name}_owner`

    beforeAll(async () => {
      await asAdmin(host(), `create role ${owner} login`)
      await asAdmin(host(), `create database ${name} owner ${owner} template template0`)
    })
    afterAll(async () => {
      await asAdmin(host(), `drop database ${name} with (force)`)
      await asAdmin(host(), `drop role ${owner}`)
    })

    const urlOf = (user: string, more = '') =>
      `postgresql://${user}@localhost/${name}?host=${encodeURIComponent(host())}${more}`

    test('is refused, with the statement that helps, while its user may not take the query role', async () => {
      await expect(openStore({ url: urlOf(owner) })).rejects.toMatchObject({
        failure: {
          code: 'database_unavailable',
          rule: 'database.query_role',
          remedy: expect.stringContaining('grant airlock_query to'),
        },
      })
    })

    test('with one URL, every session steps down to the query role', async () => {
      await asAdmin(host(), `grant airlock_query, airlock_identity to ${owner}`)
      const store = await openStore({ url: urlOf(owner) })
      try {
        const rows = await store.inOrganisation('org_1', async (tx) => {
          await insertOrganisation(tx, { name: 'One', createdAt: MORNING })
          return tx.selectFrom('organisations').selectAll().execute()
        })
        expect(rows).toMatchObject([{ organisation: 'org_1', name: 'One', taskCount: 0, createdAt: MORNING }])
        const hidden = await store.inOrganisation('org_2', (tx) =>
          tx.selectFrom('organisations').selectAll().execute(),
        )
        expect(hidden).toEqual([])
        expect(await store.organisations()).toEqual(['org_1'])
      } finally {
        await store.close()
      }
    })

    test('row security also binds a superuser URL', async () => {
      const store = await openStore({ url: urlOf('airlock_admin') })
      try {
        const hidden = await store.inOrganisation('org_2', (tx) =>
          tx.selectFrom('organisations').selectAll().execute(),
        )
        expect(hidden).toEqual([])
      } finally {
        await store.close()
      }
    })

    test('the schema was migrated from empty, once, in order', async () => {
      const { rows } = await asAdmin(
        host(),
        'select name from airlock_migrations.kysely_migration order by timestamp, name',
        name,
      )
      expect(rows.map((row) => row.name)).toEqual(Object.keys(MIGRATIONS))
    })

    test('two servers may open one database at the same moment', async () => {
      const stores = await Promise.all([openStore({ url: urlOf(owner) }), openStore({ url: urlOf(owner) })])
      await Promise.all(stores.map((store) => store.close()))
    })

    test('a URL that brings its own session options is refused', async () => {
      const url = urlOf(owner, `&options=${encodeURIComponent('-c role=airlock_admin')}`)
      await expect(openStore({ url })).rejects.toMatchObject({
        failure: { code: 'invalid_configuration', rule: 'database.url' },
      })
    })

    test('a server that is not there is called unavailable', async () => {
      const url = 'postgresql://nobody@localhost/none?host=/nonexistent'
      await expect(openStore({ url })).rejects.toMatchObject({ failure: { code: 'database_unavailable' } })
      const missing = `postgresql://${owner}@localhost/none?host=${encodeURIComponent(host())}`
      await expect(openStore({ url: missing })).rejects.toMatchObject({
        failure: { code: 'database_unavailable' },
      })
    })
  })
}
