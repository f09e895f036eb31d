import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { openStore, type Store } from '#store/database.ts'
import { insertOrganisation } from '#store/organisations.ts'
import { insertPerson } from '#store/people.ts'
import { insertProject, type ProjectRow } from '#store/projects.ts'
import { asAdmin, locationOf, TEMPLATE } from './postgres-server.ts'

export interface TestStore {
  readonly store: Store
  readonly host: string
  readonly database: string
  readonly url: string
  readonly queryUrl: string
  /** Closes the store and drops its database. */
  close(): Promise<void>
}

/** A store on a new, empty, migrated database. Close it in `afterAll`. */
export async function testStore(host: string = inject('postgres')): Promise<TestStore> {
  const database = `test_${randomBytes(8).toString('hex')}`
  await asAdmin(host, `create database ${database} owner airlock_owner template ${TEMPLATE}`)
  const location = locationOf(host, database)
  const store = await openStore(location)
  return {
    store,
    host,
    database,
    ...location,
    close: async () => {
      await store.close()
      await asAdmin(host, `drop database ${database} with (force)`)
    },
  }
}

export interface TestOrganisation {
  readonly organisation: string
  readonly person: { readonly id: string; readonly name: string; readonly email: string }
  readonly project: ProjectRow
}

export const MORNING = '2026-01-31T08:00:00.000Z'

/** A new organisation with one owner and one project in it. */
export async function testOrganisation(store: Store): Promise<TestOrganisation> {
  const organisation = newId('org', randomBytes)
  const person = { id: newId('usr', randomBytes), name: 'Ada', email: 'ada@example.org' }
  const project = await store.inOrganisation(organisation, async (tx) => {
    await insertOrganisation(tx, { name: 'Example', createdAt: MORNING })
    await insertPerson(tx, { ...person, role: 'owner', createdAt: MORNING })
    return insertProject(tx, {
      id: newId('prj', randomBytes),
      name: 'shop',
      url: '/srv/git/shop.git',
      defaultBranch: 'main',
      protectedBranches: ['main'],
      createdAt: MORNING,
    })
  })
  if (project === undefined) throw new Error('a new organisation has no projects yet')
  return { organisation, person, project }
}
