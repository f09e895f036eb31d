import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asker, type PlacesHouse, placesHouse } from '#test/support/places-house.ts'

let house: PlacesHouse
let owner: Asker
beforeAll(async () => {
  house = await placesHouse()
  const organisation = await house.organisation('Example')
  owner = await house.person(organisation, 'ada', 'owner')
  await house.project(organisation, 'shop')
})
afterAll(() => house.close())

const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  house.ask(owner, method, path, body, headers)

async function tagOf(path: string): Promise<string> {
  return (await ask('GET', path)).headers.get('etag') ?? 'none'
}

test('of two who change what both saw, one does, and the other is told that it changed', async () => {
  const seen = await tagOf('/v1/organisation')
  const set = (name: string) => ask('POST', '/v1/organisation', { name }, { 'if-match': seen })
  const answers = await Promise.all([set('One'), set('Other')])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412])
  const refused = answers.find(({ status }) => status === 412)
  expect(refused).toMatchObject({ code: 'precondition_failed', rule: 'request.if-match' })
  const won = answers.find(({ status }) => status === 200)
  expect((await ask('GET', '/v1/organisation')).body.name).toBe(won?.body.name)
  expect(
    (
      await ask(
        'POST',
        '/v1/organisation',
        { name: 'Third' },
        { 'if-match': await tagOf('/v1/organisation') },
      )
    ).status,
  ).toBe(200)
})

test('what nobody changed is not sent again', async () => {
  const seen = await tagOf('/v1/projects/shop')
  expect((await ask('GET', '/v1/projects/shop', undefined, { 'if-none-match': seen })).status).toBe(304)
  expect(
    (await ask('POST', '/v1/projects/shop/autonomy', { autonomy: 1 }, { 'if-match': seen })).status,
  ).toBe(200)
  expect((await ask('GET', '/v1/projects/shop', undefined, { 'if-none-match': seen })).status).toBe(200)
  expect(
    (await ask('POST', '/v1/projects/shop/autonomy', { autonomy: 2 }, { 'if-match': seen })).status,
  ).toBe(412)
})

test('whoever does not say what they saw changes it as it is', async () => {
  expect((await ask('POST', '/v1/retention', { taskDays: 30, decisionDays: 60 })).status).toBe(200)
  expect(
    (await ask('POST', '/v1/retention', { taskDays: null, decisionDays: 60 }, { 'if-match': '*' })).status,
  ).toBe(200)
})
