import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetDisconnected } from '#compose/forget-project.ts'
import { linkIdentity } from '#store/person-identities.ts'
import { insertTask, moveTask, taskById } from '#store/tasks.ts'
import { MORNING } from '#test/support/database.ts'
import { type Asker, type PlacesHouse, placesHouse } from '#test/support/places-house.ts'
import { queuedTask } from '#test/support/tasks.ts'

let house: PlacesHouse
let ours: string
let ada: Asker
beforeAll(async () => {
  house = await placesHouse()
  ours = await house.organisation('Ours')
  ada = await house.person(ours, 'ada', 'owner')
})
afterAll(() => house.close())

const at = (kind: 'Project' | 'Team' | 'Server', id: string) => ({ kind, id })

test('a team gives its members its roles at once, and takes them along when it goes', async () => {
  const { id: shop } = await house.project(ours, 'shop')
  const bob = await house.person(ours, 'bob', 'member')
  const sees = async () => (await house.ask(bob, 'GET', '/v1/projects/shop')).status === 200
  expect(await house.ask(ada, 'POST', '/v1/teams', { name: 'Payments' })).toMatchObject({ status: 201 })
  expect(await house.ask(ada, 'POST', '/v1/teams', { name: 'payments' })).toMatchObject({
    ...{ status: 409, rule: 'team.name' },
  })
  const member = { kind: 'person', reference: bob.id }
  expect(await house.ask(ada, 'POST', '/v1/teams/Payments/members', member)).toMatchObject({ status: 200 })
  expect(await sees()).toBe(false)
  const role = { subject: { kind: 'team', reference: 'payments' }, role: 'viewer' }
  const there = { kind: 'team', team: 'Payments' }
  expect(await house.ask(ada, 'POST', '/v1/roles', { ...role, at: there })).toMatchObject({ status: 200 })
  expect(await sees()).toBe(false)
  expect(await house.ask(ada, 'POST', '/v1/projects/shop/team', { team: 'Payments' })).toMatchObject({
    body: { team: { name: 'Payments' }, autonomy: 0 },
  })
  expect(await sees()).toBe(true)
  const shown = await house.ask(bob, 'GET', '/v1/teams/payments')
  expect(shown.body).toMatchObject({
    members: [{ kind: 'person', id: bob.id, name: 'bob' }],
    roles: [{ role: 'viewer', at: { kind: 'team', name: 'Payments' } }],
    projects: [{ id: shop, name: 'shop' }],
  })
  expect((await house.ask(bob, 'GET', '/v1/teams')).body.items).toMatchObject([
    { name: 'Payments', members: 1 },
  ])

  expect(await house.ask(ada, 'POST', '/v1/teams/payments/name', { name: 'Money' })).toMatchObject({
    status: 200,
  })
  expect(await house.ask(ada, 'DELETE', `/v1/teams/Money/members/${bob.id}`)).toMatchObject({ status: 204 })
  expect(await sees()).toBe(false)
  await house.ask(ada, 'POST', '/v1/teams/Money/members', member)
  expect(await sees()).toBe(true)
  expect(await house.ask(ada, 'DELETE', '/v1/teams/Money')).toMatchObject({ status: 204 })
  expect(await sees()).toBe(false)
  expect((await house.ask(ada, 'GET', '/v1/projects/shop')).body).not.toHaveProperty('team')
  expect((await house.log(ours)).at(-1)).toMatchObject({
    action: 'team.removed',
    data: { name: 'Money', ended: [expect.stringMatching(/^tem_\S+ viewer Team tem_/)] },
  })
})

test('nobody takes people into a team with roles that they may not give, or out of it, or ends it', async () => {
  const { id: bank } = await house.project(ours, 'bank')
  const max = await house.person(ours, 'max', 'admin')
  const joe = await house.person(ours, 'joe', 'member')
  await house.ask(ada, 'POST', '/v1/teams', { name: 'tellers' })
  const member = { reference: joe.id }
  expect(await house.ask(max, 'POST', '/v1/teams/tellers/members', member)).toMatchObject({ status: 200 })
  const owners = { subject: { kind: 'team', reference: 'tellers' }, role: 'owner' }
  const given = { ...owners, at: { kind: 'project', project: bank } }
  expect(await house.ask(ada, 'POST', '/v1/roles', given)).toMatchObject({ status: 200 })
  const denied = { status: 403, rule: 'people.held-roles-only' }
  expect(await house.ask(max, 'POST', '/v1/teams/tellers/members', { reference: max.id })).toMatchObject(
    denied,
  )
  expect(await house.ask(max, 'DELETE', `/v1/teams/tellers/members/${joe.id}`)).toMatchObject(denied)
  expect(await house.ask(max, 'DELETE', '/v1/teams/tellers')).toMatchObject(denied)
  expect(await house.ask(ada, 'DELETE', `/v1/teams/tellers/members/${joe.id}`)).toMatchObject({ status: 204 })
  expect(await house.ask(ada, 'POST', '/v1/teams/tellers/members', { reference: 'nobody' })).toMatchObject({
    status: 404,
  })
})

test('a project moves only with an owner at both ends', async () => {
  const { id: hall } = await house.project(ours, 'hall')
  await house.ask(ada, 'POST', '/v1/teams', { name: 'east' })
  await house.ask(ada, 'POST', '/v1/teams', { name: 'west' })
  const east = (await house.ask(ada, 'GET', '/v1/teams/east')).body.id
  const mover = await house.person(ours, 'mover', 'member', [
    { role: 'owner', at: at('Project', hall) },
    { role: 'admin', at: at('Team', east) },
  ])
  const move = (team?: string) => house.ask(mover, 'POST', '/v1/projects/hall/team', team ? { team } : {})
  expect(await move('east')).toMatchObject({ status: 403, rule: 'role' })
  expect(await move('west')).toMatchObject({ status: 404, detail: 'There is no team west.' })
  await house.wait(60)
  await house.ask(ada, 'POST', '/v1/roles', {
    ...{
      subject: { kind: 'person', reference: mover.id },
      role: 'owner',
      at: { kind: 'team', team: 'east' },
    },
  })
  expect(await move('east')).toMatchObject({ status: 200, body: { team: { name: 'east' } } })
  expect((await house.log(ours)).at(-1)).toMatchObject({
    ...{ action: 'project.moved', by: mover.id, data: { before: '', after: east } },
  })
})

test('names are unique where they count, and free again afterwards', async () => {
  await house.project(ours, 'one')
  await house.project(ours, 'two')
  expect(await house.ask(ada, 'POST', '/v1/projects/one/name', { name: 'two' })).toMatchObject({
    ...{ status: 409, rule: 'project.name' },
  })
  expect(await house.ask(ada, 'POST', '/v1/projects/one/name', { name: 'Two' })).toMatchObject({
    status: 400,
  })
  const create = () => house.ask(ada, 'POST', '/v1/projects/one/environments', { name: 'production' })
  expect(await create()).toMatchObject({ status: 201 })
  expect(await create()).toMatchObject({ status: 409, rule: 'environment.name' })
  await house.ask(ada, 'POST', '/v1/projects/one/environments', { name: 'staging' })
  const rename = await house.ask(ada, 'POST', '/v1/projects/one/environments/staging/name', {
    name: 'production',
  })
  expect(rename).toMatchObject({ status: 409, rule: 'environment.name' })
  expect(await house.ask(ada, 'DELETE', '/v1/projects/one/environments/production')).toMatchObject({
    status: 204,
  })
  expect(await create()).toMatchObject({ status: 201 })
  expect((await house.ask(ada, 'GET', '/v1/projects/one')).body.environments).toEqual([
    'production',
    'staging',
  ])
})

test('autonomy is set by owners alone, within its four levels', async () => {
  await house.project(ours, 'self')
  const max = await house.person(ours, 'maxwell', 'admin')
  const set = (who: Asker, autonomy: unknown) =>
    house.ask(who, 'POST', '/v1/projects/self/autonomy', { autonomy })
  expect(await set(ada, 2)).toMatchObject({ status: 200, body: { autonomy: 2 } })
  for (const wrong of [-1, 4, 1.5, '1']) expect(await set(ada, wrong)).toMatchObject({ status: 400 })
  expect(await set(max, 3)).toMatchObject({ status: 403 })
})

test('a project is disconnected once its tasks are at an end; they stay to be read, and go no further', async () => {
  const project = await house.project(ours, 'old')
  await house.workshop.remotes.keep(project.id, {
    kind: 'password',
    username: 'bot',
    password: 'secret word',
  })
  const reader = await house.person(ours, 'reader', 'member', [
    { role: 'developer', at: at('Project', project.id) },
  ])
  const person = { id: ada.id, name: 'ada', email: 'ada@example.org' }
  const task = queuedTask({ organisation: ours, person, project })
  await house.store.inOrganisation(ours, (tx) => insertTask(tx, task))
  expect(await house.ask(ada, 'DELETE', '/v1/projects/old')).toMatchObject({
    ...{ status: 409, rule: 'project.unfinished', detail: '1 task of old is not at an end.' },
  })
  await house.store.inOrganisation(ours, async (tx) => {
    const row = await taskById(tx, task.id)
    await moveTask(tx, { id: task.id, fromVersion: row?.version ?? 0, patch: { state: 'failed' } })
  })
  expect(await house.ask(ada, 'DELETE', '/v1/projects/old')).toMatchObject({ status: 204 })
  expect(house.forgotten).toEqual([project.id])
  expect(await house.workshop.remotes.remoteOf(project)).toEqual({ url: project.url })
  expect(await house.ask(ada, 'GET', '/v1/projects/old')).toMatchObject({ status: 404 })
  // A server that died before it had forgotten all of it does so when it starts.
  await house.workshop.remotes.keep(project.id, {
    kind: 'password',
    username: 'bot',
    password: 'secret word',
  })
  await forgetDisconnected(house.workshop)
  expect(await house.workshop.remotes.remoteOf(project)).toEqual({ url: project.url })
  for (const who of [ada, reader])
    expect(await house.ask(who, 'GET', `/v1/tasks/${task.id}`)).toMatchObject({ status: 200 })
  expect((await house.ask(reader, 'GET', `/v1/tasks?project=${project.id}`)).body.items).toHaveLength(1)
  expect(await house.ask(reader, 'POST', `/v1/tasks/${task.id}/retry`, {})).toMatchObject({
    ...{ status: 409, code: 'wrong_state', rule: 'project.connected' },
  })
  expect(await house.ask(ada, 'POST', '/v1/tasks', { intent: 'x', project: project.id })).toMatchObject({
    status: 404,
  })
  const given = {
    subject: { kind: 'person', reference: reader.id },
    at: { kind: 'project', project: project.id },
  }
  expect(await house.ask(ada, 'POST', '/v1/roles', { ...given, role: 'owner' })).toMatchObject({
    status: 404,
  })
  expect(await house.ask(ada, 'POST', '/v1/role-revocations', given)).toMatchObject({ status: 200 })
  expect(await house.ask(reader, 'GET', `/v1/tasks/${task.id}`)).toMatchObject({ status: 403 })
  await house.project(ours, 'old')
})

test('an organisation has a name and a clock that its policies go by', async () => {
  const set = (body: unknown) => house.ask(ada, 'POST', '/v1/organisation', body)
  const hour = async () => (await house.workshop.policyOf(ours)).now().hour
  const before = await hour()
  expect(await set({ timeZone: 'asia/kolkata' })).toMatchObject({
    body: { timeZone: 'Asia/Calcutta', name: 'Ours' },
  })
  expect(await hour()).toBe((before + 5) % 24)
  expect(await set({ name: 'Ours & Co', timeZone: 'UTC' })).toMatchObject({
    body: { name: 'Ours & Co', timeZone: 'UTC' },
  })
  for (const timeZone of ['Mars/Base', '+02:00', 'UTC; drop', '../etc'])
    expect(await set({ timeZone })).toMatchObject({ status: 400, rule: 'organisation.time-zone' })
  for (const body of [{}, { name: '' }, { name: 'a\nb' }, { name: 'x'.repeat(101) }])
    expect(await set(body)).toMatchObject({ status: 400 })
})

test('another organisation has the asker as its owner, knows nothing of the first, and takes nothing of the server', async () => {
  const bob = await house.person(ours, 'bobby', 'admin')
  await house.store.inOrganisation(ours, (tx) =>
    linkIdentity(tx, { identity: 'as ada', person: ada.id, createdAt: MORNING }),
  )
  const create = (who: Asker, name: string) => house.ask(who, 'POST', '/v1/organisations', { name })
  expect(await create(bob, 'Theirs')).toMatchObject({ status: 403, rule: 'role' })
  const made = await create(ada, 'Theirs')
  expect(made).toMatchObject({
    status: 201,
    body: { organisation: { name: 'Theirs' }, owner: { role: 'owner' } },
  })
  const theirs = made.body.organisation.id
  const there: Asker = { id: made.body.owner.id, name: 'ada', organisation: theirs, token: made.body.token }
  expect((await house.ask(there, 'GET', '/v1/me')).body).toMatchObject({
    organisation: theirs,
    role: 'owner',
  })
  expect((await house.ask(there, 'GET', '/v1/projects')).body.items).toEqual([])
  expect(await house.store.organisationsOfIdentity('as ada')).toEqual([ours, theirs])
  expect((await house.log(ours)).at(-1)).toMatchObject({
    action: 'organisation.created',
    subject: theirs,
    by: ada.id,
  })
  expect((await house.log(theirs)).map(({ action }) => action)).toEqual(['organisation.created'])

  for (const [method, path, body] of [
    ['POST', '/v1/organisations', { name: 'Third' }],
    ['POST', '/v1/provider-order', { order: [] }],
    ['DELETE', '/v1/providers/anthropic', undefined],
    ['POST', '/v1/projects', { url: '/srv/git/shop.git' }],
  ] as const)
    expect(await house.ask(there, method, path, body), path).toMatchObject({ status: 403 })
  const owners = (await house.ask(ada, 'GET', '/v1/roles')).body.items
  expect(owners.filter((role: { at: { kind: string } }) => role.at.kind === 'server')).toMatchObject([
    { subject: { name: 'ada' }, role: 'owner', givenBy: 'Airlock' },
  ])
  expect(await create(ada, 'Third')).toMatchObject({ status: 201 })
})

test('with several organisations the server keeps an owner, too', async () => {
  const server = { kind: 'server' }
  const revoke = { subject: { kind: 'person', reference: ada.id }, at: server }
  const refused = { status: 409, rule: 'roles.last-server-owner' }
  expect(await house.ask(ada, 'POST', '/v1/role-revocations', revoke)).toMatchObject(refused)
  const other = await house.person(ours, 'other', 'owner', [{ role: 'owner', at: at('Server', 'server') }])
  expect(await house.ask(other, 'POST', '/v1/role-revocations', revoke)).toMatchObject({ status: 200 })
  expect(await house.ask(ada, 'DELETE', `/v1/people/${other.id}`)).toMatchObject(refused)
  expect(await house.ask(ada, 'POST', '/v1/organisations', { name: 'Fourth' })).toMatchObject({ status: 403 })
})
