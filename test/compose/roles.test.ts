import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asker, type PlacesHouse, placesHouse } from '#test/support/places-house.ts'

let house: PlacesHouse
let ours: string
let ada: Asker
let shop: string
beforeAll(async () => {
  house = await placesHouse()
  ours = await house.organisation('Ours')
  ada = await house.person(ours, 'ada', 'owner')
  shop = (await house.project(ours, 'shop')).id
  await house.project(ours, 'forum')
})
afterAll(() => house.close())

const person = (who: Asker) => ({ kind: 'person', reference: who.id })
const SHOP = { kind: 'project', project: 'shop' }

test('a role at a project counts there at once and nowhere else, and is one entry of the log', async () => {
  const bob = await house.person(ours, 'bob', 'member')
  expect(await house.ask(bob, 'GET', '/v1/projects/shop')).toMatchObject({ status: 403 })
  const given = await house.ask(ada, 'POST', '/v1/roles', { subject: person(bob), role: 'admin', at: SHOP })
  expect(given).toMatchObject({
    status: 200,
    body: { subject: { id: bob.id, name: 'bob' }, at: { kind: 'project', id: shop }, after: 'admin' },
  })
  expect(await house.ask(bob, 'GET', '/v1/projects/shop')).toMatchObject({ status: 200 })
  expect(await house.ask(bob, 'GET', '/v1/projects/forum')).toMatchObject({
    status: 404,
    detail: 'There is no project forum.',
  })
  expect((await house.log(ours)).at(-1)).toEqual({
    ...{ action: 'role.granted', subject: bob.id, by: ada.id },
    data: {
      ...{ kind: 'person', at: `Project ${shop}`, before: '', after: 'admin' },
      ...{ risk: 'critical', rules: ['role.owner'], policy: expect.any(String) },
    },
  })
  expect((await house.ask(bob, 'GET', '/v1/me')).body).toMatchObject({
    role: 'member',
    roles: [{ role: 'admin', at: { kind: 'project', id: shop } }],
  })
  const listed = await house.ask(bob, 'GET', '/v1/roles')
  expect(listed.body.items).toMatchObject([
    { subject: { name: 'bob' }, role: 'admin', at: { kind: 'project', name: 'shop' }, givenBy: 'ada' },
  ])
})

test('a role that was changed stays for an hour, unless it is lowered or taken away', async () => {
  const eve = await house.person(ours, 'eve', 'developer')
  const grant = (role: string) =>
    house.ask(ada, 'POST', '/v1/roles', { subject: person(eve), role, at: SHOP })
  expect(await grant('maintainer')).toMatchObject({ status: 200 })
  expect(await grant('admin')).toMatchObject({ status: 403, rule: 'roles.cooldown' })
  expect(await grant('viewer')).toMatchObject({ body: { before: 'maintainer', after: 'viewer' } })
  house.wait(59)
  expect(await grant('admin')).toMatchObject({ rule: 'roles.cooldown' })
  house.wait(1)
  expect(await grant('admin')).toMatchObject({ status: 200 })
  const taken = await house.ask(ada, 'POST', '/v1/role-revocations', { subject: person(eve), at: SHOP })
  expect(taken).toMatchObject({ status: 200, body: { before: 'admin' } })
  expect(
    await house.ask(ada, 'POST', '/v1/role-revocations', { subject: person(eve), at: SHOP }),
  ).toMatchObject({
    status: 404,
  })
})

test('whoever became an owner less than an hour ago gives no roles', async () => {
  const dan = await house.person(ours, 'dan', 'viewer')
  const zoe = await house.person(ours, 'zoe', 'viewer')
  const organisation = { kind: 'organisation' }
  house.wait(60)
  const make = await house.ask(ada, 'POST', '/v1/roles', {
    ...{ subject: { kind: 'person', reference: 'dan@example.org' }, role: 'owner', at: organisation },
  })
  expect(make).toMatchObject({ body: { before: 'viewer', after: 'owner' } })
  const further = { subject: person(zoe), role: 'maintainer', at: SHOP }
  expect(await house.ask(dan, 'POST', '/v1/roles', further)).toMatchObject({ rule: 'roles.own-cooldown' })
  house.wait(60)
  expect(await house.ask(dan, 'POST', '/v1/roles', further)).toMatchObject({ status: 200 })
  const back = { subject: person(dan), at: organisation }
  expect(await house.ask(ada, 'POST', '/v1/role-revocations', back)).toMatchObject({
    body: { before: 'owner', after: 'member' },
  })
})

test('the last owner stays', async () => {
  const alone = await house.organisation('Alone')
  const only = await house.person(alone, 'only', 'owner')
  const refusedWith = { status: 409, rule: 'people.last-owner' }
  const at = { kind: 'organisation' }
  expect(await house.ask(only, 'POST', '/v1/role-revocations', { subject: person(only), at })).toMatchObject(
    refusedWith,
  )
  const lower = { subject: person(only), role: 'admin', at }
  expect(await house.ask(only, 'POST', '/v1/roles', lower)).toMatchObject(refusedWith)
  expect(await house.ask(only, 'DELETE', `/v1/people/${only.id}`)).toMatchObject(refusedWith)
})

test('an owner of a project gives roles there and at its environments, and nowhere else', async () => {
  const pia = await house.person(ours, 'pia', 'member', [
    { role: 'owner', at: { kind: 'Project', id: shop } },
  ])
  const joe = await house.person(ours, 'joe', 'member')
  expect(await house.ask(pia, 'POST', '/v1/projects/shop/environments', { name: 'staging' })).toMatchObject({
    status: 201,
  })
  const grant = (at: unknown, role = 'viewer') =>
    house.ask(pia, 'POST', '/v1/roles', { subject: person(joe), role, at })
  expect(
    await grant({ kind: 'environment', project: 'shop', environment: 'staging' }, 'admin'),
  ).toMatchObject({
    body: { at: { kind: 'environment' }, after: 'admin' },
  })
  expect(await grant({ kind: 'project', project: 'forum' })).toMatchObject({ status: 404 })
  expect(await grant({ kind: 'organisation' })).toMatchObject({ status: 403 })
  expect(await grant({ kind: 'server' })).toMatchObject({ status: 403 })
  expect(await house.ask(joe, 'DELETE', '/v1/projects/shop/environments/staging')).toMatchObject({
    status: 204,
  })
  const listed = await house.ask(ada, 'GET', '/v1/roles')
  expect(JSON.stringify(listed.body)).not.toContain(joe.id)
})

test('what cannot be is refused with what could', async () => {
  const bob = { kind: 'person', reference: 'bob@example.org' }
  const ask = (body: unknown) => house.ask(ada, 'POST', '/v1/roles', body)
  expect(await ask({ subject: bob, role: 'member', at: SHOP })).toMatchObject({ rule: 'role.member' })
  expect(await ask({ subject: bob, role: 'root', at: SHOP })).toMatchObject({ status: 400 })
  expect(await ask({ subject: bob, role: 'viewer', at: { kind: 'moon' } })).toMatchObject({ status: 400 })
  expect(await ask({ subject: { kind: 'team', reference: 'none' }, role: 'viewer', at: SHOP })).toMatchObject(
    {
      status: 404,
      detail: 'There is no team none.',
    },
  )
})

test('removing somebody asks for the strongest role they hold anywhere, and ends all of them', async () => {
  const max = await house.person(ours, 'max', 'admin')
  const quin = await house.person(ours, 'quin', 'viewer', [
    { role: 'owner', at: { kind: 'Project', id: shop } },
  ])
  expect(await house.ask(max, 'DELETE', `/v1/people/${quin.id}`)).toMatchObject({
    status: 403,
    rule: 'people.held-roles-only',
  })
  expect(await house.ask(ada, 'DELETE', `/v1/people/${quin.id}`)).toMatchObject({ status: 204 })
  expect((await house.log(ours)).at(-1)).toMatchObject({
    action: 'person.removed',
    data: { role: 'viewer', ended: [`${quin.id} owner Project ${shop}`] },
  })
  expect(JSON.stringify((await house.ask(ada, 'GET', '/v1/roles')).body)).not.toContain(quin.id)
})

test('a service account that is something at a project alone gets a key, from who could give it all that', async () => {
  const max = await house.person(ours, 'maxine', 'admin')
  await house.serviceAccount(ours, 'ci', 'member', [{ role: 'developer', at: { kind: 'Project', id: shop } }])
  await house.serviceAccount(ours, 'boss', 'member', [{ role: 'owner', at: { kind: 'Project', id: shop } }])
  const made = await house.ask(max, 'POST', '/v1/keys', { name: 'k', serviceAccount: 'ci' })
  expect(made.body.key.permissions).toContain('tasks:create')
  const key: Asker = { id: '', name: 'ci', organisation: ours, token: made.body.token }
  expect(await house.ask(key, 'GET', '/v1/projects/shop')).toMatchObject({ status: 200 })
  expect(await house.ask(key, 'GET', '/v1/projects/forum')).toMatchObject({ status: 404 })
  expect(await house.ask(max, 'POST', '/v1/keys', { name: 'k', serviceAccount: 'boss' })).toMatchObject({
    status: 403,
    rule: 'people.held-roles-only',
  })
})

test('a role that names what belongs to another organisation opens nothing there', async () => {
  const theirs = await house.organisation('Theirs')
  const bank = await house.project(theirs, 'bank')
  const mallory = await house.person(ours, 'mallory', 'owner', [
    { role: 'owner', at: { kind: 'Project', id: bank.id } },
    { role: 'owner', at: { kind: 'Organisation', id: theirs } },
  ])
  for (const [method, path, body] of [
    ['GET', `/v1/projects/${bank.id}`, undefined],
    ['DELETE', `/v1/projects/${bank.id}`, undefined],
    ['POST', `/v1/projects/${bank.id}/environments`, { name: 'mine' }],
    [
      'POST',
      '/v1/roles',
      { subject: person(mallory), role: 'owner', at: { kind: 'project', project: bank.id } },
    ],
  ] as const)
    expect(await house.ask(mallory, method, path, body)).toMatchObject({ status: 404 })
  const seen = [await house.ask(mallory, 'GET', '/v1/projects'), await house.ask(mallory, 'GET', '/v1/roles')]
  expect(JSON.stringify(seen)).not.toContain('bank')
})
