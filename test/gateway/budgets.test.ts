import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { NOTHING_SPENT } from '#contract/budget.ts'
import { createPrices } from '#gateway/prices.ts'
import type { SharedBudgets } from '#gateway/shared-budgets.ts'
import { startAnthropic } from '../support/providers/anthropic.ts'
import type { ScriptedProvider } from '../support/providers/scripted-provider.ts'
import { ask, BUDGET, openTestLane, type TestLane } from './open-test-lane.ts'

const REQUEST = {
  model: 'claude-opus-4-8',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Fix it.' }],
}

let provider: ScriptedProvider | undefined
let lane: TestLane | undefined

afterEach(async () => {
  await lane?.close()
  await provider?.close()
})

async function open(
  ...[changes, options]: [Parameters<typeof openTestLane>[2]?, Parameters<typeof openTestLane>[3]?]
) {
  provider = await startAnthropic()
  lane = await openTestLane('anthropic', provider.url, changes, options)
  return { provider, lane }
}

const call = (at: TestLane) => ask(at, '/v1/messages', REQUEST)

test('sub-agents share their lane, so they share its budget: 50 calls at once, and not one too many', async () => {
  const { lane, provider } = await open({ budget: { ...BUDGET, requests: 20 } })
  provider.script(...Array.from({ length: 50 }, () => ({ text: 'Done.' })))
  const answers = await Promise.all(Array.from({ length: 50 }, () => call(lane)))
  const statuses = Map.groupBy(answers, ({ status }) => status)
  expect([...statuses].map(([status, all]) => [status, all.length])).toEqual([
    [200, 20],
    [402, 30],
  ])
  expect(provider.seen).toHaveLength(20)
  expect(lane.open.spent().requests).toBe(20)
})

test('the agent finds what is left beside its sockets, and is told to wrap up from four fifths on', async () => {
  const { lane, provider } = await open({ budget: { ...BUDGET, requests: 5 } })
  const note = async () => JSON.parse(await readFile(join(lane.directory, 'budget.json'), 'utf8'))
  provider.script(...Array.from({ length: 4 }, () => ({ text: 'Done.' })))
  expect(await note()).toMatchObject({ wrapUp: false })
  for (let count = 0; count < 3; count += 1) await call(lane)
  await expect
    .poll(note)
    .toMatchObject({ wrapUp: false, budgets: [{ dimension: 'requests', used: 3 }, {}, {}] })
  const fourth = await call(lane)
  expect(fourth.headers).not.toHaveProperty('airlock-budget')
  await expect.poll(note).toMatchObject({
    wrapUp: true,
    budgets: [{ of: 'the task', dimension: 'requests', used: 4, limit: 5 }, {}, {}],
  })
  expect(lane.events.filter((event) => event.kind === 'budget')).toEqual([
    { kind: 'budget', of: 'the task', dimension: 'requests', used: 4, limit: 5 },
  ])
})

test('a budget that somebody raised meanwhile admits the call that would have been refused', async () => {
  let requests = 1
  const { lane, provider } = await open({
    budget: { ...BUDGET, requests },
    currentBudget: async () => ({ ...BUDGET, requests }),
  })
  provider.script({ text: 'One.' }, { text: 'Two.' })
  expect((await call(lane)).status).toBe(200)
  expect((await call(lane)).status).toBe(402)
  requests = 2
  expect((await call(lane)).status).toBe(200)
})

test('a shared budget that is used up refuses in the envelope of the protocol and says whose it is', async () => {
  const shared: SharedBudgets = {
    reserve: async () => ({
      dimension: 'money',
      used: 50_000_000,
      limit: 50_000_000,
      of: 'project shop, this month',
    }),
    settled: async () => undefined,
  }
  const { lane, provider } = await open({ shared })
  const answer = await call(lane)
  expect(answer.status).toBe(402)
  expect(JSON.parse(answer.text)).toMatchObject({
    type: 'error',
    error: {
      message:
        'Airlock: The budget for money of project shop, this month is used up: $50.00 of $50.00. The work done so far is kept for review. Whoever sets budgets can raise it: airlock budget set. (budget.money)',
    },
  })
  expect(provider.seen).toEqual([])
  expect(lane.open.spent()).toEqual(NOTHING_SPENT)
})

test('a shared budget that cannot be read lets no call through', async () => {
  const shared: SharedBudgets = {
    reserve: () => Promise.reject(new Error('the database is gone')),
    settled: async () => undefined,
  }
  const { lane, provider } = await open({ shared })
  await expect(call(lane)).rejects.toThrow()
  expect(provider.seen).toEqual([])
  expect(lane.open.spent()).toEqual(NOTHING_SPENT)
})

test('refused and failed calls are no sign of work: an agent that only tries again falls idle', async () => {
  let now = 0
  const { lane, provider } = await open({ budget: { ...BUDGET, requests: 1 } }, { stopwatch: () => now })
  provider.script({ text: 'Done.' })
  await call(lane)
  expect({ idle: lane.open.idleMilliseconds(), retrying: lane.open.retrying() }).toEqual({
    idle: 0,
    retrying: false,
  })
  for (let count = 0; count < 3; count += 1) {
    now += 10_000
    expect((await call(lane)).status).toBe(402)
  }
  // The first refusal is when its budget ended, and the agent may still say its last words.
  expect({ idle: lane.open.idleMilliseconds(), retrying: lane.open.retrying() }).toEqual({
    idle: 20_000,
    retrying: true,
  })
})

test('an unknown price is refused where the administrator wants that, and a known one is not', async () => {
  const clock = () => 0
  const own = { prices: createPrices({ clock, unknown: 'deny' as const }) }
  const { lane, provider } = await open({ model: undefined }, own)
  provider.script({ text: 'Done.' })
  expect((await call(lane)).status).toBe(200)
  const unknown = await ask(lane, '/v1/messages', { ...REQUEST, model: 'brand-new-model' })
  expect(unknown.status).toBe(403)
  expect(lane.refusals.map(({ rule }) => rule)).toEqual(['budget.price-unknown'])
})
