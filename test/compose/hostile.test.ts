import { afterAll, beforeAll, expect, test } from 'vitest'
import { secretUseCases } from '#compose/use-cases/secrets.ts'
import { memberOf } from '#policy/actor.ts'
import { insertPolicyChange } from '#store/policies.ts'
import { setDefaultBranch } from '#store/projects.ts'
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
  await house.project(ours, 'hidden')
})
afterAll(() => house.close())

const person = (who: Asker) => ({ kind: 'person', reference: who.id })
const NOBODY = { id: 'usr_0', name: 'Nobody', email: '' }
const ORGANISATION = { kind: 'organisation' }

test('whoever may connect repositories somewhere else is not told of a hidden one by its address', async () => {
  const eve = await house.person(ours, 'eve', 'member', [
    { role: 'owner', at: { kind: 'Project', id: shop } },
  ])
  expect(await house.ask(eve, 'POST', '/v1/projects', { url: '/srv/git/hidden.git' })).toMatchObject({
    status: 403,
  })
})

test('a list says as little of a hidden project as of none', async () => {
  const eve = await house.person(ours, 'eva', 'member', [
    { role: 'owner', at: { kind: 'Project', id: shop } },
  ])
  const answers = await Promise.all(
    ['hidden', 'nothing'].map((name) => house.ask(eve, 'GET', `/v1/tasks?project=${name}&cursor=x`)),
  )
  expect(answers[0]?.status).toBe(answers[1]?.status)
})

test('whoever was just given a role gives none, in whatever way', async () => {
  const bob = await house.person(ours, 'bob', 'developer')
  expect(
    (await house.ask(ada, 'POST', '/v1/roles', { subject: person(bob), role: 'owner', at: ORGANISATION }))
      .status,
  ).toBe(200)
  const team = await house.ask(ada, 'POST', '/v1/teams', { name: 'crew' })
  const ways = [
    ['/v1/people', { name: 'Mallory', email: 'mallory@example.org', role: 'owner' }],
    ['/v1/invitations', { name: 'Mallory', email: 'mallory@example.org', role: 'owner' }],
    ['/v1/service-accounts', { name: 'mallory', role: 'owner' }],
    [`/v1/teams/${team.body.id}/members`, person(bob)],
  ] as const
  for (const [path, body] of ways)
    expect({ path, ...(await house.ask(bob, 'POST', path, body)) }).toMatchObject({
      path,
      status: 403,
      rule: 'roles.own-cooldown',
    })
})

test('a key lets nobody in, be it an owner’s', async () => {
  const key = await house.ask(ada, 'POST', '/v1/keys', { name: 'ci' })
  const thief = { ...ada, token: key.body.token }
  expect(
    await house.ask(thief, 'POST', '/v1/people', { name: 'Mallory', email: 'm@example.org', role: 'owner' }),
  ).toMatchObject({ status: 403 })
})

test('a secret of an environment that is removed meanwhile does not become one of the whole project', async () => {
  const dev = await house.ask(ada, 'POST', '/v1/projects/shop/environments', { name: 'dev' })
  const kept: (string | null)[] = []
  const changed = {
    policyOf: async (organisation: string) => {
      await house.ask(ada, 'DELETE', '/v1/projects/shop/environments/dev')
      return house.workshop.policyOf(organisation)
    },
    vault: {
      keep: async (_: string, { environment }: { environment: string | null }) => {
        kept.push(environment)
        return { ok: false, failure: { code: 'conflict', message: 'no more of it' } }
      },
    },
  }
  const meanwhile = new Proxy(house.workshop, {
    get: (workshop, name) => Reflect.get(name in changed ? changed : workshop, name),
  })
  const actor = memberOf(ours, { id: ada.id, name: 'ada', email: '' }, 'owner')
  const secret = { name: 'npmrc', content: 'hunter2 hunter2', context: 'task', environment: 'dev' } as const
  await secretUseCases(meanwhile).setSecret(actor, 'shop', secret)
  expect(kept).toEqual([dev.body.id])
})

test('a rule about a branch holds for whoever names none and so gets it', async () => {
  const organisation = await house.organisation('Branches')
  const dev = await house.person(organisation, 'dev', 'developer')
  const { id } = await house.project(organisation, 'app')
  await house.store.inOrganisation(organisation, async (tx) => {
    await setDefaultBranch(tx, id, 'main')
    await insertPolicyChange(tx, {
      ...{ sequence: 1, name: 'main', setAt: '2026-02-02T11:00:00.000Z', setBy: NOBODY },
      text: `@id("main.closed") @reason("Nothing starts from main.") @remedy("Name another branch.")
forbid(principal, action == Airlock::Action::"task.submit", resource)
when { context has branch && context.branch == "main" };`,
      examples: `- { name: main, action: task.submit, as: developer, facts: { branch: main }, expect: deny }
- { name: other, action: task.submit, as: developer, facts: { branch: next }, expect: allow }`,
    })
  })
  const submit = (more: object) =>
    house.ask(dev, 'POST', '/v1/tasks', { project: 'app', intent: 'x', agent: 'nobody', ...more })
  expect(await submit({ baseBranch: 'main' })).toMatchObject({ status: 403, rule: 'main.closed' })
  expect(await submit({})).toMatchObject({ status: 403, rule: 'main.closed' })
  expect(await submit({ baseBranch: 'next' })).toMatchObject({ code: 'unknown_agent' })
})
