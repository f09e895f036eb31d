import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { secretUseCases } from '#compose/use-cases/secrets.ts'
import { createHttp } from '#http/app.ts'
import type { Application } from '#http/application.ts'
import { createAuthenticate } from '#identity/authenticate.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import { newId } from '#kernel/ids.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import { createPolicy } from '#policy/policy.ts'
import { insertEnvironment } from '#store/environments.ts'
import { insertProject } from '#store/projects.ts'
import { mayBegin } from '#tasks/may-begin.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { MORNING, testOrganisation } from '#test/support/database.ts'
import { type VaultHouse, vaultHouse } from '#test/support/vault-house.ts'

const CONTENT = 'hunter2 hunter2 hunter2'

let house: VaultHouse
let ask: (
  who: string,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<{ status: number; etag: string | null; body: Record<string, unknown> }>

/** An owner, an owner of production alone, a maintainer, and an owner of another organisation; all over the real routes. */
beforeAll(async () => {
  house = await vaultHouse()
  const { store, vault, home } = house
  const elsewhere = await testOrganisation(store)
  const production = newId('env', randomBytes)
  await store.inOrganisation(home.organisation, async (tx) => {
    await insertEnvironment(tx, {
      id: production,
      project: home.project.id,
      name: 'production',
      createdAt: MORNING,
    })
    await insertProject(tx, {
      id: newId('prj', randomBytes),
      name: 'other',
      url: '/x',
      protectedBranches: [],
      createdAt: MORNING,
    })
  })
  const clock = () => Date.parse(MORNING)
  const policyOf = async () => createPolicy([], { clock, timeZone: 'UTC' })
  const workshop = { store, vault, clock, random: randomBytes, policyOf } as unknown as Workshop
  const there = [{ role: 'owner', at: { kind: 'Environment', id: production } }] as const
  const people: Record<string, Actor> = {
    owner: memberOf(home.organisation, home.person, 'owner'),
    'owner of production': memberOf(home.organisation, home.person, 'member', there),
    'owner of the server': memberOf(home.organisation, home.person, 'member', [
      { role: 'owner', at: { kind: 'Server', id: 'server' } },
    ]),
    maintainer: memberOf(home.organisation, home.person, 'maintainer'),
    stranger: memberOf(elsewhere.organisation, elsewhere.person, 'owner'),
  }
  const tokens = Object.keys(people).map((who) => [who, newToken(randomBytes)] as const)
  const keyOf = (hash: Uint8Array) => Buffer.from(hash).toString('hex')
  const byHash = new Map(tokens.map(([who, token]) => [keyOf(tokenHash(token)), people[who]]))
  const application = {
    mayBegin: (actor, action, at) => mayBegin(workshop, actor, action, at),
    ...secretUseCases(workshop),
  } as Application
  const http = createHttp(application, {
    authenticate: createAuthenticate(async (hash) => byHash.get(keyOf(hash))),
    version: '0.1.0',
  })
  ask = async (who, method, path, body, headers = {}) => {
    const response = await http.request(`/v1${path}`, {
      method,
      headers: {
        host: 'localhost:7777',
        authorization: `Bearer ${new Map(tokens).get(who)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    expect(text).not.toContain('hunter2')
    const { status, headers: said } = response
    return { status, etag: said.get('etag'), body: text === '' ? {} : JSON.parse(text) }
  }
})
afterAll(() => house.close())

const SECRETS = '/projects/shop/secrets'
const set = (headers?: Record<string, string>) =>
  ask('owner', 'POST', SECRETS, { name: 'npmrc', content: CONTENT }, headers)

test('an answer names the version, and a request that names another one changes nothing', async () => {
  expect(await set()).toMatchObject({ status: 200, etag: '"1"' })
  expect(await set({ 'if-match': '"1"' })).toMatchObject({ status: 200, etag: '"2"' })
  for (const headers of [{ 'if-match': '"1"' }, { 'if-match': '"3"' }, { 'if-none-match': '*' }])
    expect(await set(headers)).toMatchObject({ body: { rule: 'secrets.version' } })
  for (const headers of [
    ...['2', 'W/"2"', '*', '"0"', '"2", "3"', '"99999999999"', ''].map((value) => ({ 'if-match': value })),
    { 'if-none-match': '"2"' },
    { 'if-match': '"2"', 'if-none-match': '*' },
  ])
    expect(await set(headers as Record<string, string>)).toMatchObject({ status: 400 })
  const { body } = await ask('owner', 'GET', SECRETS)
  const { person } = house.home
  const version = { bytes: CONTENT.length, createdAt: MORNING, createdBy: person }
  const key = expect.stringMatching(/^local:[0-9a-f]{16}$/)
  expect(body).toEqual({
    items: [
      {
        ...{ name: 'npmrc', context: 'task', version: 2, ...version },
        versions: [2, 1].map((number) => ({ version: number, ...version, key })),
      },
    ],
  })
})

test('what is refused is refused without a word of its content', async () => {
  const wrong = [
    { name: 'npmrc', content: 'hunter2' },
    { name: 'npmrc', content: CONTENT.repeat(4_000) },
    { name: 'npmrc', content: { hunter2: CONTENT } },
    { name: 'npmrc', content: `${CONTENT}\0` },
    { name: 'npmrc', content: CONTENT, context: 'both' },
    { name: 'npmrc', content: CONTENT, environment: '' },
    { name: 'npmrc', content: CONTENT, more: true },
    { name: '../npmrc', content: CONTENT },
  ]
  for (const body of wrong) expect(await ask('owner', 'POST', SECRETS, body)).toMatchObject({ status: 400 })
})

test('an owner of one environment stores and destroys what is of that one, and nothing else', async () => {
  const production = { name: 'url', content: CONTENT, environment: 'production' }
  const who = 'owner of production'
  const deployment = '?environment=production&context=deployment'
  expect(await ask(who, 'POST', SECRETS, production)).toMatchObject({
    body: { name: 'url', environment: 'production', context: 'task', version: 1 },
  })
  expect(await ask(who, 'POST', SECRETS, { ...production, context: 'deployment' })).toMatchObject({
    status: 200,
    etag: '"1"',
  })
  expect(await ask(who, 'POST', SECRETS, { ...production, context: 'deployment' })).toMatchObject({
    etag: '"2"',
  })
  const pruned = await ask(who, 'POST', `${SECRETS}/url/prune${deployment}`, {})
  expect(pruned).toMatchObject({
    status: 200,
    body: { context: 'deployment', version: 2, versions: [{ version: 2 }] },
  })
  expect(await ask(who, 'DELETE', `${SECRETS}/url${deployment}`)).toMatchObject({ status: 204 })
  expect(await ask(who, 'DELETE', `${SECRETS}/url${deployment}`)).toMatchObject({ status: 404 })
  for (const refused of [
    ask(who, 'POST', SECRETS, { name: 'url', content: CONTENT }),
    ask(who, 'DELETE', `${SECRETS}/npmrc`),
    ask(who, 'POST', `${SECRETS}/npmrc/prune`, {}),
    ask(who, 'POST', '/projects/other/secrets', { name: 'url', content: CONTENT }),
    ask('stranger', 'POST', SECRETS, production),
    ask('owner', 'POST', SECRETS, { ...production, environment: 'staging' }),
    ask('owner', 'POST', '/projects/other/secrets', production),
    ask('owner', 'DELETE', `${SECRETS}/absent`),
    ask('owner', 'DELETE', `${SECRETS}/url`),
  ])
    expect(await refused).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await ask('maintainer', 'POST', SECRETS, production)).toMatchObject({ status: 403 })
  const { items } = (await ask('maintainer', 'GET', SECRETS)).body as { items: { name: string }[] }
  expect(items.map(({ name }) => name)).toEqual(['npmrc', 'url'])
})

test('only an owner of the server rotates keys, where there are several organisations', async () => {
  for (const who of ['owner', 'maintainer', 'owner of production'])
    expect(await ask(who, 'POST', '/secrets/rotate-keys', {})).toMatchObject({ status: 403 })
  expect(await ask('owner of the server', 'POST', '/secrets/rotate-keys', {})).toMatchObject({
    status: 200,
    body: { key: expect.stringMatching(/^local:/), rewrapped: 3 },
  })
})
