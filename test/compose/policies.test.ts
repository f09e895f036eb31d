import { afterAll, beforeAll, expect, test } from 'vitest'
import { policiesIn } from '#compose/policies.ts'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import { memberOf } from '#policy/actor.ts'
import { organisationPlace } from '#policy/place.ts'
import type { Policy } from '#policy/policy.ts'
import { insertPolicyChange } from '#store/policies.ts'
import {
  MORNING,
  type TestOrganisation,
  type TestStore,
  testOrganisation,
  testStore,
} from '#test/support/database.ts'

const FROZEN = `@id("tasks.frozen") @reason("No tasks.") @remedy("Wait.")
forbid(principal, action == Airlock::Action::"task.submit", resource) unless { context.hour == 4 };`
const EXAMPLES = `- { name: noon, action: task.submit, as: owner, expect: deny }
- { name: four, action: task.submit, as: owner, facts: { hour: 4 }, expect: allow }`

let opened: TestStore
let ours: TestOrganisation
let theirs: TestOrganisation
beforeAll(async () => {
  opened = await testStore()
  ours = await testOrganisation(opened.store)
  theirs = await testOrganisation(opened.store)
})
afterAll(() => opened.close())

const SURROUNDINGS = { clock: () => Date.parse('2026-02-02T12:00:00Z'), timeZone: 'UTC' }

function effect(policy: Policy, organisation: string, action: ActionName = 'task.submit') {
  const person = { id: 'usr_a', name: 'Ada', email: 'ada@example.org' }
  const actor = memberOf(organisation, person, 'owner')
  return policy.decide({ actor, action, place: organisationPlace(organisation), facts: {} }).effect
}

function change(
  sequence: number,
  text: string | null,
  examples: string | null = text === null ? null : EXAMPLES,
) {
  return opened.store.inOrganisation(ours.organisation, (tx) =>
    insertPolicyChange(tx, { sequence, name: 'frozen', text, examples, setBy: ours.person, setAt: MORNING }),
  )
}

test('a change made by one process is what every other decides by, and only for its organisation', async () => {
  const [one, other] = [policiesIn(opened.store, SURROUNDINGS), policiesIn(opened.store, SURROUNDINGS)]
  const effects = async () => [
    effect(await one(ours.organisation), ours.organisation),
    effect(await other(ours.organisation), ours.organisation),
    effect(await other(theirs.organisation), theirs.organisation),
  ]
  expect(await effects()).toEqual(['allow', 'allow', 'allow'])
  const before = await one(ours.organisation)
  expect(await one(ours.organisation)).toBe(before)

  expect(await change(1, FROZEN)).toBe(true)
  expect(await effects()).toEqual(['deny', 'deny', 'allow'])
  expect((await one(ours.organisation)).version).not.toBe(before.version)
  expect((await one(ours.organisation)).version).toBe((await other(ours.organisation)).version)

  expect(await change(1, null)).toBe(false)
  expect(await effects()).toEqual(['deny', 'deny', 'allow'])
  expect(await change(2, null)).toBe(true)
  expect(await effects()).toEqual(['allow', 'allow', 'allow'])
  expect((await one(ours.organisation)).version).toBe(before.version)
})

test('a stored policy that was made untrue allows nothing but mending it', async () => {
  const policies = policiesIn(opened.store, SURROUNDINGS)
  await change(3, FROZEN, EXAMPLES.replace('expect: deny', 'expect: allow'))
  const policy = await policies(ours.organisation)
  const allowed = (Object.keys(ACTIONS) as ActionName[]).filter(
    (action) => effect(policy, ours.organisation, action) !== 'deny',
  )
  expect(allowed).toEqual(Object.keys(ACTIONS).filter((name) => name.startsWith('policy.')))
})
