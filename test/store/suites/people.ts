import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { organisationPlace } from '#policy/place.ts'
import { holderOfToken, insertAccessToken, noteTokenUse, revokeAccessToken } from '#store/access-tokens.ts'
import { evidenceOf, saveEvidence } from '#store/evidence.ts'
import { cacheBaseRun, cachedBaseRun, forgetBaseRuns } from '#store/gate-reports.ts'
import { ownOrganisation } from '#store/organisations.ts'
import { insertPerson, listPeople, personById, removePerson } from '#store/people.ts'
import { insertProject, listProjects, projectByReference, projectByUrl } from '#store/projects.ts'
import { countHolders } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import { insertServiceAccount, removeServiceAccount } from '#store/service-accounts.ts'
import { MORNING, type TestOrganisation, type TestStore, testOrganisation } from '#test/support/database.ts'
import { fullOrganisation } from '#test/support/every-table.ts'

const NOON = '2026-01-31T12:00:00.000Z'

export function peopleSuite(open: () => Promise<TestStore>): void {
  describe('people and what they configure', () => {
    let opened: TestStore
    let home: TestOrganisation

    beforeAll(async () => {
      opened = await open()
      home = await testOrganisation(opened.store)
    })
    afterAll(() => opened.close())

    const within = <T>(work: (tx: Tx) => Promise<T>) => opened.store.inOrganisation(home.organisation, work)

    test('a token leads to its organisation, then to its person, until it is revoked', async () => {
      const hash = hashOf('a token')
      await within((tx) => insertAccessToken(tx, { hash, person: home.person.id, createdAt: MORNING }))
      expect(await opened.store.organisationOfToken(hash)).toBe(home.organisation)
      expect(await opened.store.organisationOfToken(hashOf('another'))).toBeUndefined()
      expect((await within((tx) => holderOfToken(tx, hash, NOON)))?.person?.id).toBe(home.person.id)
      const other = await testOrganisation(opened.store)
      expect(
        await opened.store.inOrganisation(other.organisation, (tx) => holderOfToken(tx, hash, NOON)),
      ).toBeUndefined()
      expect(await within((tx) => revokeAccessToken(tx, hash, NOON))).toBe(true)
      expect(await within((tx) => revokeAccessToken(tx, hash, NOON))).toBe(false)
      expect(await within((tx) => holderOfToken(tx, hash, NOON))).toBeUndefined()
    })

    test('a token ends when its time is over, and one of a service account with the account', async () => {
      const [hash, other] = [hashOf('ending'), hashOf('of a program')]
      const account = { id: 'sva_1', name: 'ci', role: 'developer' as const, createdBy: home.person }
      await within(async (tx) => {
        await insertServiceAccount(tx, { ...account, createdAt: MORNING })
        await insertAccessToken(tx, { hash, person: home.person.id, createdAt: MORNING, expiresAt: NOON })
        const permissions = ['tasks:read'] as const
        await insertAccessToken(tx, { hash: other, serviceAccount: 'sva_1', permissions, createdAt: MORNING })
      })
      const before = '2026-01-31T11:59:59.999Z'
      expect((await within((tx) => holderOfToken(tx, hash, before)))?.person?.id).toBe(home.person.id)
      expect(await within((tx) => holderOfToken(tx, hash, NOON))).toBeUndefined()
      const holder = await within((tx) => holderOfToken(tx, other, NOON))
      expect(holder).toMatchObject({ serviceAccount: { name: 'ci' }, token: { permissions: ['tasks:read'] } })
      await within((tx) => removeServiceAccount(tx, 'sva_1', NOON))
      expect(await within((tx) => holderOfToken(tx, other, NOON))).toBeUndefined()
    })

    test('the use of a token is noted at most once a minute', async () => {
      const hash = hashOf('used')
      await within((tx) => insertAccessToken(tx, { hash, person: home.person.id, createdAt: MORNING }))
      const used = async (at: string) => {
        await within((tx) => noteTokenUse(tx, hash, at))
        const row = await within((tx) =>
          tx.selectFrom('accessTokens').select('lastUsedAt').where('hash', '=', hash).executeTakeFirst(),
        )
        return row?.lastUsedAt
      }
      expect(await used('2026-01-31T12:00:00.000Z')).toBe('2026-01-31T12:00:00.000Z')
      expect(await used('2026-01-31T12:00:59.000Z')).toBe('2026-01-31T12:00:00.000Z')
      expect(await used('2026-01-31T12:01:00.001Z')).toBe('2026-01-31T12:01:00.001Z')
    })

    test('an e-mail address belongs to one person present, whatever its case', async () => {
      const bob = {
        id: 'usr_bob',
        name: 'Bob',
        email: 'Bob@example.org',
        role: 'maintainer',
        createdAt: MORNING,
      } as const
      const hash = hashOf('of bob')
      expect((await within((tx) => insertPerson(tx, bob)))?.id).toBe('usr_bob')
      await within((tx) => insertAccessToken(tx, { hash, person: 'usr_bob', createdAt: MORNING }))
      const again = { ...bob, id: 'usr_bob2', email: 'bob@EXAMPLE.org' }
      expect(await within((tx) => insertPerson(tx, again))).toBeUndefined()
      expect(
        await within((tx) => countHolders(tx, organisationPlace(home.organisation), ['maintainer', 'owner'])),
      ).toBe(2)
      expect(await within((tx) => removePerson(tx, 'usr_bob', NOON))).toBe(true)
      expect(await within((tx) => removePerson(tx, 'usr_bob', NOON))).toBe(false)
      expect(await within((tx) => holderOfToken(tx, hash, NOON))).toBeUndefined()
      expect((await within((tx) => personById(tx, 'usr_bob')))?.removedAt).toBe(NOON)
      expect(
        await within((tx) => countHolders(tx, organisationPlace(home.organisation), ['maintainer', 'owner'])),
      ).toBe(1)
      expect((await within((tx) => insertPerson(tx, again)))?.id).toBe('usr_bob2')
      const people = await within((tx) => listPeople(tx, { limit: 9 }))
      expect(people.map(({ id }) => id)).toEqual([home.person.id, 'usr_bob2'].toSorted())
      const rest = await within((tx) => listPeople(tx, { limit: 9, after: people[0]?.id }))
      expect(rest).toEqual(people.slice(1))
    })

    test('a project is found by id, name and URL, and made once', async () => {
      const { project } = home
      expect(await within((tx) => projectByReference(tx, project.id))).toEqual(project)
      expect(await within((tx) => projectByReference(tx, 'shop'))).toEqual(project)
      expect(await within((tx) => projectByUrl(tx, project.url))).toEqual(project)
      expect(await within((tx) => projectByReference(tx, 'none'))).toBeUndefined()
      const same = { ...project, id: 'prj_2', defaultBranch: undefined }
      expect(await within((tx) => insertProject(tx, same))).toBeUndefined()
      expect(await within((tx) => insertProject(tx, { ...same, name: 'other' }))).toBeUndefined()
      const named = { ...same, name: project.id, url: '/elsewhere' }
      expect((await within((tx) => insertProject(tx, named)))?.defaultBranch).toBeNull()
      expect((await within((tx) => projectByReference(tx, project.id)))?.id).toBe(project.id)
      const names = (await within((tx) => listProjects(tx, { limit: 9 }))).map(({ name }) => name)
      expect(names).toEqual([project.id, 'shop'])
      expect(await within((tx) => listProjects(tx, { limit: 9, after: project.id }))).toEqual([project])
    })

    test('cached base runs keep what was written last, of any JSON shape', async () => {
      expect(await within((tx) => cachedBaseRun(tx, 'none'))).toBeUndefined()
      for (const value of [['list'], 'text', { nested: { camelCase: 1, snake_case: 2 } }, false]) {
        await within((tx) => cacheBaseRun(tx, 'key', value, MORNING))
        expect(await within((tx) => cachedBaseRun(tx, 'key'))).toEqual(value)
      }
      expect(await within((tx) => forgetBaseRuns(tx, MORNING))).toBe(0)
      expect(await within((tx) => forgetBaseRuns(tx, NOON))).toBe(1)
    })

    test('the first evidence of a commit stays', async () => {
      const { organisation, task } = await fullOrganisation(opened.store)
      const stored = await opened.store.inOrganisation(organisation, async (tx) => {
        for (const bundle of ['first', 'second'])
          await saveEvidence(tx, { commit: 'c0ffee', task: task.id, bundle, createdAt: NOON })
        return evidenceOf(tx, 'c0ffee')
      })
      expect(stored).toEqual({ bundle: 'first', task: task.id })
      expect(await within((tx) => evidenceOf(tx, 'c0ffee'))).toBeUndefined()
    })

    test('an organisation knows itself', async () => {
      expect(await within(ownOrganisation)).toEqual({
        organisation: home.organisation,
        name: 'Example',
        taskCount: 0,
        timeZone: 'UTC',
        taskDays: null,
        decisionDays: 400,
        createdAt: MORNING,
      })
    })
  })
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
