import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { setMemberRole } from '#store/member-role.ts'
import { insertPolicyChange } from '#store/policies.ts'
import { type Asker, type PlacesHouse, placesHouse } from '#test/support/places-house.ts'

const POLICIES = join(import.meta.dirname, '../../policies')

let house: PlacesHouse
beforeAll(async () => {
  house = await placesHouse()
})
afterAll(() => house.close())

let ada: Asker
let grace: Asker
let dev: Asker
beforeEach(async () => {
  const organisation = await house.organisation('Example')
  ada = await house.person(organisation, 'ada', 'admin')
  grace = await house.person(organisation, 'grace', 'admin')
  dev = await house.person(organisation, 'dev', 'developer')
  await house.project(organisation, 'shop')
  const read = (name: string) => readFileSync(join(POLICIES, name), 'utf8')
  await house.store.inOrganisation(organisation, (tx) =>
    insertPolicyChange(tx, {
      ...{ sequence: 1, name: 'production', text: read('production.cedar') },
      ...{ examples: read('production.examples.yaml'), setAt: '2026-02-02T11:00:00.000Z' },
      setBy: { id: ada.id, name: ada.name, email: '' },
    }),
  )
  for (const name of ['production', 'staging'])
    expect((await house.ask(ada, 'POST', '/v1/projects/shop/environments', { name })).status).toBe(201)
})

const remove = (who: Asker, environment = 'production') =>
  house.ask(who, 'DELETE', `/v1/projects/shop/environments/${environment}`)

async function asked(who: Asker): Promise<string> {
  const answer = await remove(who)
  expect(answer).toMatchObject({ status: 428, code: 'confirmation_needed', rule: 'production.two-people' })
  return answer.body.details.confirmation
}

const confirm = (who: Asker, id: string) => house.ask(who, 'POST', `/v1/confirmations/${id}`)

test('what is about production takes two people, and nothing else does', async () => {
  expect((await remove(ada, 'staging')).status).toBe(204)
  const id = await asked(ada)
  expect(await asked(ada)).toBe(id)
  expect((await house.ask(grace, 'GET', '/v1/confirmations')).body.items).toMatchObject([
    { id, action: 'environment.remove', askedBy: { id: ada.id }, facts: { environment: 'production' } },
  ])
  expect((await confirm(grace, id)).status).toBe(200)
  expect((await remove(ada)).status).toBe(204)
  const told = (await house.log(ada.organisation)).filter(({ action }) => action === 'confirmation.given')
  expect(told).toMatchObject([
    { subject: id, by: grace.id, data: { action: 'environment.remove', askedBy: ada.id } },
  ])
})

test('nobody is their own second person, and who could not do it confirms nothing', async () => {
  const id = await asked(ada)
  expect(await confirm(ada, id)).toMatchObject({ status: 403, rule: 'confirmation.other-person' })
  expect((await confirm(dev, id)).status).toBe(404)
  expect((await house.ask(dev, 'GET', '/v1/confirmations')).body.items).toEqual([])
  const stranger = await house.person(await house.organisation('Other'), 'eve', 'owner')
  expect((await confirm(stranger, id)).status).toBe(404)
  await asked(ada)
})

test('a confirmation is for one person, one time, and one hour', async () => {
  const id = await asked(ada)
  expect((await confirm(grace, id)).status).toBe(200)
  expect((await confirm(grace, id)).status).toBe(404)
  const hers = await asked(grace)
  expect(hers).not.toBe(id)
  house.wait(61)
  expect(await asked(ada)).not.toBe(id)
  const again = await asked(ada)
  expect((await confirm(grace, again)).status).toBe(200)
  expect((await remove(ada)).status).toBe(204)
})

test('where there are two owners a policy is changed by two people, who both see what it does; one alone changes it alone', async () => {
  const organisation = await house.organisation('Two owners')
  const first = await house.person(organisation, 'first', 'owner')
  const rule = `@id("night") @reason("No.") @remedy("Wait.")
forbid(principal, action == Airlock::Action::"task.submit", resource) when { context.hour < 7 };`
  const examples = `- { name: day, action: task.submit, as: owner, expect: allow }
- { name: early, action: task.submit, as: owner, facts: { hour: 4 }, expect: deny }`
  const set = (who: Asker, after: number, text = rule) =>
    house.ask(who, 'POST', '/v1/policies', { name: 'night', text, examples, after })
  expect((await set(first, 0)).status).toBe(200)

  const second = await house.person(organisation, 'second', 'owner')
  const changed = rule.replace('< 7', '< 6')
  const asked = await set(first, 1, changed)
  expect(asked).toMatchObject({ status: 428, rule: 'policies.two-people' })
  const { confirmation } = asked.body.details
  const [waiting] = (await house.ask(second, 'GET', '/v1/confirmations')).body.items
  expect(waiting).toMatchObject({ id: confirmation, about: expect.stringContaining(changed) })
  expect(waiting.about).toContain('newly allows')
  expect((await confirm(second, confirmation)).status).toBe(200)
  const another = await set(first, 1, rule.replace('< 7', '< 5'))
  expect(another).toMatchObject({ status: 428 })
  expect(another.body.details.confirmation).not.toBe(confirmation)
  expect((await set(first, 1, changed)).status).toBe(200)
  expect((await house.ask(first, 'DELETE', '/v1/policies/night?after=2')).status).toBe(428)
})

const AUTONOMY = `@id("autonomy.two") @reason("Two decide.") @remedy("Ask somebody.") @confirm("other-person")
forbid(principal, action == Airlock::Action::"project.autonomy", resource);`
const AUTONOMY_EXAMPLES = `- { name: any, action: project.autonomy, as: owner, expect: confirm }
- { name: other, action: project.rename, as: owner, expect: allow }`

test('a word is for what was asked and nothing else, and goes with the role of whoever gave it', async () => {
  const organisation = await house.organisation('Autonomous')
  const first = await house.person(organisation, 'first', 'owner')
  const second = await house.person(organisation, 'second', 'owner')
  await house.project(organisation, 'shop')
  await house.store.inOrganisation(organisation, (tx) =>
    insertPolicyChange(tx, {
      ...{ sequence: 1, name: 'autonomy', text: AUTONOMY, examples: AUTONOMY_EXAMPLES },
      ...{ setAt: '2026-02-02T11:00:00.000Z', setBy: { id: first.id, name: 'first', email: '' } },
    }),
  )
  const set = (autonomy: number) => house.ask(first, 'POST', '/v1/projects/shop/autonomy', { autonomy })
  const idOf = async (autonomy: number): Promise<string> => {
    const answer = await set(autonomy)
    expect(answer).toMatchObject({ status: 428 })
    return answer.body.details.confirmation
  }
  const one = await idOf(1)
  const [waiting] = (await house.ask(second, 'GET', '/v1/confirmations')).body.items
  expect(waiting).toMatchObject({ id: one, about: 'POST /v1/projects/shop/autonomy\n{"autonomy":1}' })
  expect((await confirm(second, one)).status).toBe(200)
  expect(await idOf(3)).not.toBe(one)
  expect(await set(1)).toMatchObject({ status: 200, body: { autonomy: 1 } })

  for (let number = 0; number < 25; number += 1)
    expect(
      await house.ask(first, 'POST', `/v1/projects/shop/autonomy?n=${number}`, { autonomy: 3 }),
    ).toMatchObject({ status: 428 })
  expect((await house.ask(second, 'GET', '/v1/confirmations')).body.items).toHaveLength(20)

  const two = await idOf(2)
  expect((await confirm(second, two)).status).toBe(200)
  await house.store.inOrganisation(organisation, (tx) =>
    setMemberRole(tx, 'people', second.id, {
      before: 'owner',
      role: 'admin',
      at: '2026-02-02T11:00:00.000Z',
    }),
  )
  expect(await set(2)).toMatchObject({ status: 428 })
})

test('what is done to the server takes two people as well, by roles that count there', async () => {
  const alone = await placesHouse()
  try {
    const organisation = await alone.organisation('Only one')
    const [one, other] = [
      await alone.person(organisation, 'one', 'owner'),
      await alone.person(organisation, 'other', 'owner'),
    ]
    const text = `@id("organisations.two") @reason("Two.") @remedy("Ask.") @confirm("other-person")
forbid(principal, action == Airlock::Action::"organisation.create", resource);`
    const examples = `- { name: new, action: organisation.create, as: owner, expect: confirm }
- { name: list, action: task.list, as: owner, expect: allow }`
    const setBy = { id: one.id, name: one.name, email: '' }
    const at = '2026-02-02T11:00:00.000Z'
    await alone.store.inOrganisation(organisation, (tx) =>
      insertPolicyChange(tx, { sequence: 1, name: 'two', text, examples, setBy, setAt: at }),
    )
    const make = () => alone.ask(one, 'POST', '/v1/organisations', { name: 'Second' })
    const asked = await make()
    expect(asked).toMatchObject({ status: 428, rule: 'organisations.two' })
    const { confirmation } = asked.body.details
    expect((await alone.ask(other, 'POST', `/v1/confirmations/${confirmation}`)).status).toBe(200)
    expect((await make()).status).toBe(201)
  } finally {
    await alone.close()
  }
})
