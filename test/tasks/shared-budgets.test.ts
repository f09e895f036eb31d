import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOTHING_SPENT, type Spend } from '#contract/budget.ts'
import type { SharedBudgets } from '#gateway/shared-budgets.ts'
import { newId } from '#kernel/ids.ts'
import { beginAttempt, endAttempt } from '#store/attempts.ts'
import type { TaskRow } from '#store/schema.ts'
import { limitStates, type OwnerKind, setLimit, settleAbandoned } from '#store/shared-budgets.ts'
import { insertTask } from '#store/tasks.ts'
import { sharedBudgetsOf } from '#tasks/shared-budgets.ts'
import {
  MORNING,
  type TestOrganisation,
  type TestStore,
  testOrganisation,
  testStore,
} from '#test/support/database.ts'
import { queuedTask } from '#test/support/tasks.ts'

const TODAY = '2026-01-31'
const never = new AbortController().signal
const spend = (microDollars: number): Spend => ({
  ...NOTHING_SPENT,
  microDollars,
  inputTokens: 10,
  requests: 1,
})

let opened: TestStore
let problems: string[]

beforeAll(async () => {
  opened = await testStore()
})
afterAll(() => opened.close())

/** An organisation with some tasks at work, each with a lane to the same budgets. */
async function house(tasks: number, changes: Parameters<typeof queuedTask>[1] = {}) {
  problems = []
  const home = await testOrganisation(opened.store)
  const lanes: { task: TaskRow; attempt: string; budgets: SharedBudgets }[] = []
  for (let count = 0; count < tasks; count += 1) {
    const attempt = newId('att', randomBytes)
    const task = await opened.store.inOrganisation(home.organisation, async (tx) => {
      const row = await insertTask(tx, queuedTask(home, changes))
      await beginAttempt(tx, { id: attempt, task: row.id, number: 1, step: 'run', startedAt: MORNING })
      return row
    })
    lanes.push({ task, attempt, budgets: laneOf(task, attempt) })
  }
  return { ...home, lanes, limit: limiter(home) }
}

function laneOf(task: TaskRow, attempt: string, now = MORNING): SharedBudgets {
  const { store } = opened
  const onProblem = (message: string) => void problems.push(message)
  return sharedBudgetsOf(
    { store, clock: () => Date.parse(now), random: randomBytes, onProblem },
    task,
    attempt,
  )
}

function limiter({ organisation, person }: TestOrganisation) {
  return (
    kind: OwnerKind,
    owner: string,
    period: 'day' | 'month',
    limits: Parameters<typeof setLimit>[1]['limits'],
  ) =>
    opened.store.inOrganisation(organisation, (tx) =>
      setLimit(tx, { kind, owner, period, limits, setBy: person, setAt: MORNING }),
    )
}

async function usedIn(organisation: string, day = TODAY) {
  const [state] = await opened.store.inOrganisation(organisation, (tx) => limitStates(tx, day))
  return state && { used: state.used, held: state.held }
}

describe('budgets that tasks share', () => {
  test('50 calls of five tasks at once never overspend by more than one reservation', async () => {
    const { organisation, project, lanes, limit } = await house(5)
    await limit('project', project.id, 'month', { microDollars: 1_000 })
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async (_, call) => {
        const budgets = lanes[call % lanes.length]?.budgets
        const held = await budgets?.reserve(spend(100), spend(50), never)
        if (held === undefined || 'dimension' in held) return held
        await new Promise((resolve) => setTimeout(resolve, call % 7))
        held.settle(spend(70))
        return 'served'
      }),
    )
    await Promise.all(lanes.map(({ budgets }) => budgets.settled()))
    const served = outcomes.filter((outcome) => outcome === 'served').length
    expect(await usedIn(organisation)).toEqual({
      used: { microDollars: served * 70, tokens: served * 10, requests: served },
      held: { microDollars: 0, tokens: 0, requests: 0 },
    })
    expect(served * 70).toBeGreaterThanOrEqual(1_000)
    expect(served * 70).toBeLessThan(1_000 + 100)
    expect(outcomes.find((outcome) => outcome !== 'served')).toEqual({
      dimension: 'money',
      used: served * 70,
      limit: 1_000,
      of: 'project shop, this month',
    })
    expect(problems).toEqual([])
  })

  test.each([
    ['organisation', () => '', 'the organisation, today'],
    ['project', (home: TestOrganisation) => home.project.id, 'project shop, today'],
    ['person', (home: TestOrganisation) => home.person.id, 'Ada, today'],
    ['agent', () => 'builtin', 'agent builtin, today'],
  ] as const)('the budget of the %s binds every call that is on its account', async (kind, ownerOf, of) => {
    const home = await house(1)
    await home.limit(kind, ownerOf(home), 'day', { requests: 1 })
    const [lane] = home.lanes
    const first = await lane?.budgets.reserve(spend(1), spend(1), never)
    if (first === undefined || 'dimension' in first) throw new Error('the first call was refused')
    first.settle(spend(1))
    await lane?.budgets.settled()
    expect(await lane?.budgets.reserve(spend(1), spend(1), never)).toEqual({
      dimension: 'requests',
      used: 1,
      limit: 1,
      of,
    })
  })

  test('what was spent before a limit was set counts against it, and another month does not', async () => {
    const { project, lanes, limit } = await house(1)
    const [lane] = lanes
    if (lane === undefined) throw new Error('there is one lane')
    const call = await lane.budgets.reserve(spend(500), spend(500), never)
    if (call === undefined || 'dimension' in call) throw new Error('nothing is limited yet')
    call.settle(spend(500))
    await lane.budgets.settled()
    await limit('project', project.id, 'month', { microDollars: 500 })
    expect(await lane.budgets.reserve(spend(1), spend(1), never)).toMatchObject({ used: 500, limit: 500 })
    const february = laneOf(lane.task, lane.attempt, '2026-02-01T00:00:00.000Z')
    expect(await february.reserve(spend(1), spend(1), never)).toHaveProperty('settle')
  })

  test('what a dead process held is charged as usual once its attempt is over, and not before', async () => {
    const { organisation, project, lanes, limit } = await house(1)
    await limit('project', project.id, 'day', { microDollars: 1_000 })
    const [lane] = lanes
    if (lane === undefined) throw new Error('there is one lane')
    await lane.budgets.reserve(spend(900), spend(30), never)
    const sweep = () => opened.store.inOrganisation(organisation, settleAbandoned)
    expect(await sweep()).toBe(0)
    expect(await usedIn(organisation)).toMatchObject({
      used: { microDollars: 0 },
      held: { microDollars: 900 },
    })
    await opened.store.inOrganisation(organisation, (tx) =>
      endAttempt(tx, lane.attempt, { endedAt: MORNING }),
    )
    expect(await sweep()).toBe(1)
    expect(await usedIn(organisation)).toMatchObject({
      used: { microDollars: 30 },
      held: { microDollars: 0 },
    })
  })

  test('a call that only fits if another turns out cheaper waits for it, in whichever task that runs', async () => {
    const { project, lanes, limit } = await house(2)
    await limit('project', project.id, 'day', { microDollars: 100 })
    const [one, two] = lanes
    const first = await one?.budgets.reserve(spend(100), spend(100), never)
    if (first === undefined || 'dimension' in first) throw new Error('the first call was refused')
    const aborted = new AbortController()
    const impatient = two?.budgets.reserve(spend(50), spend(50), aborted.signal)
    const patient = two?.budgets.reserve(spend(50), spend(50), never)
    aborted.abort()
    expect(await impatient).toBeUndefined()
    first.settle(spend(10))
    expect(await patient).toHaveProperty('settle')
  })

  test('of the calls of one lane that wait, one looks whether others turned out cheaper', async () => {
    const { project, lanes, limit } = await house(2)
    await limit('project', project.id, 'day', { microDollars: 100 })
    const [one, two] = lanes
    const first = await one?.budgets.reserve(spend(100), spend(100), never)
    if (two === undefined || first === undefined || 'dimension' in first) throw new Error('refused')
    let looks = 0
    const store: typeof opened.store = Object.create(opened.store, {
      inOrganisation: {
        value: (...given: Parameters<typeof opened.store.inOrganisation>) => {
          looks += 1
          return opened.store.inOrganisation(...given)
        },
      },
    })
    const budgets = sharedBudgetsOf(
      { store, clock: () => Date.parse(MORNING), random: randomBytes, onProblem: () => undefined },
      two.task,
      two.attempt,
    )
    const waiting = Array.from({ length: 40 }, () => budgets.reserve(spend(1), spend(1), never))
    await expect.poll(() => looks).toBeGreaterThanOrEqual(1)
    expect(looks).toBeLessThan(40)
    first.settle(spend(10))
    expect(await Promise.all(waiting)).toHaveLength(40)
  })
})
