import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dresses } from '#guards/secrets/known-value.ts'
import { newId } from '#kernel/ids.ts'
import type { OpenedSecret } from '#secrets/vault.ts'
import { insertEnvironment } from '#store/environments.ts'
import { insertProject } from '#store/projects.ts'
import { destroyVersions, removeSecret, type SecretAddress, secretsOfProject } from '#store/secrets.ts'
import { failureFrom } from '#test/port-suites/key-wrap.ts'
import { MORNING, testOrganisation } from '#test/support/database.ts'
import { asAdmin } from '#test/support/postgres-server.ts'
import { type VaultHouse, vaultHouse } from '#test/support/vault-house.ts'

let house: VaultHouse
beforeAll(async () => {
  house = await vaultHouse()
})
afterAll(() => house.close())

const told = (opened: readonly OpenedSecret[]) =>
  opened.map(({ name, version, content }) => [name, version, Buffer.from(content).toString('utf8')])

const openNamed = async (names: readonly string[], other: Partial<SecretAddress> = {}) =>
  told(await house.vault.open(house.home.organisation, { ...house.address('', other), names }))

const list = () =>
  house.store.inOrganisation(house.home.organisation, (tx) => secretsOfProject(tx, house.home.project.id))

test('a new content is a new version; five are kept, and no number is given twice', async () => {
  for (let version = 1; version <= 7; version += 1) await house.set('npmrc', `content ${version}`)
  expect(await openNamed(['npmrc'])).toEqual([['npmrc', 7, 'content 7']])
  const [kept] = await list()
  expect(kept?.versions.map(({ version, bytes, createdBy }) => [version, bytes, createdBy?.name])).toEqual(
    [7, 6, 5, 4, 3].map((version) => [version, 9, 'Ada']),
  )
  const all = told(await house.vault.openAll(house.home.organisation, house.home.project.id))
  expect(all).toEqual([7, 6, 5, 4, 3].map((version) => ['npmrc', version, `content ${version}`]))
  const left = await house.store.inOrganisation(house.home.organisation, async (tx) => [
    await destroyVersions(tx, kept?.id ?? '', 1),
    await destroyVersions(tx, kept?.id ?? '', 1),
  ])
  expect(left).toEqual([4, 0])
  await house.set('npmrc', 'content 8')
  expect((await list())[0]?.versions.map(({ version }) => version)).toEqual([8, 7])
  await house.store.inOrganisation(house.home.organisation, (tx) => removeSecret(tx, house.address('npmrc')))
  expect(await list()).toEqual([])
  expect(await openNamed(['npmrc'])).toEqual([])
})

test('of those who store at once each gets a version, or is told; with a version said only over that one', async () => {
  const other = house.over(house.keys)
  const store = (vault: typeof other, content: string, ifVersion?: number) =>
    vault.keep(
      house.home.organisation,
      { ...house.address('busy'), content, by: null, ...(ifVersion === undefined ? {} : { ifVersion }) },
      async () => undefined,
    )
  const all = await Promise.all(
    Array.from({ length: 10 }, (_, place) =>
      store(place % 2 === 0 ? house.vault : other, `content ${place}`),
    ),
  )
  const versions = all.flatMap((one) => (one.ok ? [one.value.versions[0]?.version] : []))
  expect(versions.toSorted()).toEqual(versions.map((_, place) => place + 1).toSorted())
  for (const one of all) if (!one.ok) expect(one.failure.rule).toBe('secrets.version')
  const last = versions.length
  expect(await store(other, 'too old', last - 1)).toMatchObject({ failure: { rule: 'secrets.version' } })
  expect(await store(other, 'not new', 0)).toMatchObject({ failure: { rule: 'secrets.version' } })
  expect(await store(other, 'the right one', last)).toMatchObject({ ok: true })
})

test('an environment has its own before that of all, and a deployment never that of a task', async () => {
  const production = newId('env', randomBytes)
  await house.store.inOrganisation(house.home.organisation, (tx) =>
    insertEnvironment(tx, {
      id: production,
      project: house.home.project.id,
      name: 'production',
      createdAt: MORNING,
    }),
  )
  await house.set('token', 'of every task')
  await house.set('token', 'of production', { environment: production })
  await house.set('token', 'of deployments', { context: 'deployment' })
  await house.set('url', 'of every task as well')
  expect(await openNamed(['url', 'token', 'absent'], { environment: production })).toEqual([
    ['url', 1, 'of every task as well'],
    ['token', 1, 'of production'],
  ])
  expect(await openNamed(['token'])).toEqual([['token', 1, 'of every task']])
  expect(await openNamed(['token', 'url'], { context: 'deployment', environment: production })).toEqual([
    ['token', 1, 'of deployments'],
  ])
})

test('a row that is put in the place of another does not decrypt, nor one that is moved, renamed or renumbered', async () => {
  const { store, home, vault, host, database } = house
  const elsewhere = await testOrganisation(store)
  const project = await store.inOrganisation(home.organisation, (tx) =>
    insertProject(tx, {
      id: newId('prj', randomBytes),
      name: 'other',
      url: '/x',
      protectedBranches: [],
      createdAt: MORNING,
    }),
  )
  const mine = await house.set('mine', 'the content that was mine')
  await house.set('mine', 'the second content')
  await house.set('theirs', 'the content that was theirs')
  await house.set('mine', 'the content of the other project', { project: project?.id ?? '' })
  await house.set('mine', 'the content of deployments', { context: 'deployment' })
  const theirs = {
    ...house.address('mine', { project: elsewhere.project.id }),
    content: 'of others',
    by: null,
  }
  await vault.keep(elsewhere.organisation, theirs, async () => undefined)

  const sql = (statement: string) => asAdmin(host, statement, database)
  const dump = await sql(`select version.*, project from airlock.secret_versions version
    join airlock.secrets secret using (organisation) where secret.id = version.secret`)
  const from = dump.rows.find(({ secret, version }) => secret === mine.id && version === 1)
  const others = dump.rows.filter((row) => row !== from)
  expect(others.length).toBeGreaterThan(7)
  for (const { organisation, secret, version, project, ...own } of others) {
    const becomes = ({ sealed, wrapped_key, wrapped_by }: typeof from) =>
      sql(`update airlock.secret_versions set sealed = '\\x${sealed.toString('hex')}',
        wrapped_key = '\\x${wrapped_key.toString('hex')}', wrapped_by = '${wrapped_by}'
        where organisation = '${organisation}' and secret = '${secret}' and version = ${version}`)
    await becomes(from)
    expect(await failureFrom(vault.openAll(organisation, project))).toMatchObject({
      code: 'vault_unavailable',
      rule: 'vault.not-as-sealed',
    })
    await becomes(own)
    expect((await vault.openAll(organisation, project)).length).toBeGreaterThan(0)
  }
  await sql(`delete from airlock.secrets where id <> '${mine.id}'`)
  await sql(`delete from airlock.secret_versions where version <> 1`)
  expect(told(await vault.openAll(home.organisation, home.project.id))).toEqual([
    ['mine', 1, 'the content that was mine'],
  ])
  for (const change of [
    `update airlock.secrets set name = 'renamed'`,
    `update airlock.secrets set context = 'deployment'`,
    `update airlock.secrets set project = '${project?.id}'`,
    `update airlock.secrets set environment = (select id from airlock.environments limit 1)`,
    `update airlock.secret_versions set version = 2`,
    `update airlock.secret_versions set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))`,
    `update airlock.secret_versions set wrapped_key = '\\x01'`,
  ]) {
    await sql(change)
    const opening = [home.project.id, project?.id ?? ''].map((id) => vault.openAll(home.organisation, id))
    expect(await failureFrom(Promise.all(opening))).toMatchObject({ rule: 'vault.not-as-sealed' })
    await sql(
      `update airlock.secrets set name = 'mine', context = 'task', environment = null, project = '${home.project.id}'`,
    )
    await sql(`update airlock.secret_versions set version = 1`)
    await sql(
      `update airlock.secret_versions set sealed = '\\x${from.sealed.toString('hex')}',
        wrapped_key = '\\x${from.wrapped_key.toString('hex')}'`,
    )
  }
  expect(told(await vault.openAll(home.organisation, home.project.id))).toHaveLength(1)
})

test('no table holds a content or a key, in any dress', async () => {
  const content = `npm_${randomBytes(24).toString('base64url')}/+=&"<private>`
  await house.set('hidden', content)
  const keys = [...(await readFile(house.keyFile, 'utf8')).matchAll(/"key": "([^"]+)"/g)].map(
    ([, key = '']) => Buffer.from(key, 'base64'),
  )
  expect(keys.length).toBeGreaterThan(0)
  const tables = await asAdmin(
    house.host,
    `select table_schema || '.' || quote_ident(table_name) as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
    house.database,
  )
  let looked = 0
  for (const { name } of tables.rows) {
    const { rows } = await asAdmin(house.host, `select * from ${name}`, house.database)
    for (const value of rows.flatMap((row) => Object.values(row))) {
      const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value) ?? '')
      for (const key of keys)
        for (const form of [key, key.toString('base64'), key.toString('hex')])
          expect(bytes.includes(form)).toBe(false)
      for (const [dressed] of dresses(content)) expect(bytes.includes(dressed)).toBe(false)
      looked += 1
    }
  }
  expect(looked).toBeGreaterThan(20)
})
