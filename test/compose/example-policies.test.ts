import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asker, type PlacesHouse, placesHouse } from '#test/support/places-house.ts'

const POLICIES = join(import.meta.dirname, '../../policies')
const NAMES = readdirSync(POLICIES)
  .filter((name) => name.endsWith('.cedar'))
  .map((name) => name.replace('.cedar', ''))
  .sort()

let house: PlacesHouse
let ada: Asker
beforeAll(async () => {
  house = await placesHouse()
  const organisation = await house.organisation('Example')
  ada = await house.person(organisation, 'ada', 'owner')
  await house.project(organisation, 'shop')
  expect(
    (await house.ask(ada, 'POST', '/v1/projects/shop/environments', { name: 'production' })).status,
  ).toBe(201)
  for (const [after, name] of NAMES.entries()) {
    const read = (end: string) => readFileSync(join(POLICIES, `${name}.${end}`), 'utf8')
    const setting = { name, text: read('cedar'), examples: read('examples.yaml'), after }
    expect((await house.ask(ada, 'POST', '/v1/policies', setting)).status).toBe(200)
  }
})
afterAll(() => house.close())

const explain = async (asked: object) => (await house.ask(ada, 'POST', '/v1/policy-explanations', asked)).body

test('the example policies are shown with their rules and examples', async () => {
  for (const name of NAMES) {
    const { body } = await house.ask(ada, 'GET', `/v1/policies/${name}`)
    expect({ name, rules: body.rules.length > 0, examples: body.examples.includes('expect: ') }).toEqual({
      ...{ name, rules: true, examples: true },
    })
  }
})

/** One question in which each of them speaks, and one in which it does not. */
const SPEAKS: Readonly<Record<string, readonly [rule: string, effect: string, when: object, not: object]>> = {
  night: ['night.small-changes', 'deny', { hour: 23, linesChanged: 80 }, { hour: 12, linesChanged: 80 }],
  infrastructure: ['infrastructure.admins', 'deny', { directories: ['infra'] }, { directories: ['src'] }],
  production: ['production.two-people', 'confirm', { environment: 'production' }, { environment: 'staging' }],
  channels: ['channels.ceiling', 'deny', { channel: 'slack' }, { channel: 'api' }],
}

test.each(Object.entries(SPEAKS))(
  '%s is explained: what it says, and when it says nothing',
  async (_, [rule, effect, when, not]) => {
    const usual = {
      requestedByActor: false,
      otherApprovers: 2,
      branch: 'main',
      directories: ['src'],
      hour: 12,
      linesChanged: 10,
    }
    const asked = (facts: object) =>
      explain({ action: 'review.approve', project: 'shop', as: 'maintainer', facts: { ...usual, ...facts } })
    const spoken = await asked(when)
    expect(spoken.rules).toContainEqual({ rule, effect, reason: expect.any(String) })
    expect(spoken.smallestChange).toEqual(expect.any(String))
    expect((await asked(not)).rules.map((each: { rule: string }) => each.rule)).not.toContain(rule)
  },
)

test('what was decided is replayed with one of them changed, and in an environment it is the real place that counts', async () => {
  const answer = await house.ask(ada, 'DELETE', '/v1/projects/shop/environments/production')
  expect(answer).toMatchObject({ status: 428, rule: 'production.two-people' })
  const real = await explain({ action: 'environment.remove', project: 'shop', environment: 'production' })
  expect(real).toMatchObject({
    effect: 'confirm',
    confirm: 'other-person',
    facts: { environment: 'production' },
  })
  const text = readFileSync(join(POLICIES, 'production.cedar'), 'utf8')
    .replace('"production"', '"elsewhere"')
    .replace('>= 2', '>= 1')
  const examples = readFileSync(join(POLICIES, 'production.examples.yaml'), 'utf8').replaceAll(
    'environment: production',
    'environment: elsewhere',
  )
  const replayed = await house.ask(ada, 'POST', '/v1/policy-replays', {
    days: 30,
    with: { name: 'production', text, examples },
  })
  expect(replayed.body.changed).toMatchObject([
    { action: 'environment.remove', was: 'confirm', would: 'allow' },
  ])
})

test('a fact that no rule could see, and a place that is not there, are refused', async () => {
  expect(await explain({ action: 'review.approve', facts: { mood: 'good' } })).toMatchObject({
    rule: 'policy.facts',
  })
  expect(await explain({ action: 'review.approve', project: 'none' })).toMatchObject({ code: 'not_found' })
})
