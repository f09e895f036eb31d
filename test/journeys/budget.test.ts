import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Budget, NOTHING_SPENT, type Spend } from '#contract/budget.ts'
import { given, type Journey, type RunningServer, startJourney } from '#test/support/journey.ts'
import { NOTHING_LEFT } from '#test/support/journey-leftovers.ts'
import { create, type Run, shell } from '#test/support/journey-model.ts'

/** More than an agent needs to start on a busy machine. */
const IDLE_SECONDS = 9

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve({ idleSeconds: IDLE_SECONDS })
})
afterAll(() => journey.close())

const FOR_EVER: Run = [create('src/new.txt', 'new\n'), ...Array.from({ length: 60 }, () => shell('true'))]
const NEVER_DONE: Run = Array.from({ length: 60 }, () => shell('true'))

test.for([
  ['tokens', { tokens: 60_000 }],
  ['money', { microDollars: 400_000 }],
  ['requests', { requests: 4 }],
] as const)('work done before the %s run out is kept for review', async ([name, budget]) => {
  journey.model.play(`kept-${name}`, FOR_EVER)
  const task = await server.submit({ model: `kept-${name}`, budget })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(ready.attempts).toMatchObject([{ number: 1, agentEnding: 'budget' }])
  expect(ready.patch?.files.map(({ path }) => path)).toEqual(['src/new.txt'])
  isWithin(ready.attempts[0]?.spend, budget)
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
})

test.for([
  ['tokens', { tokens: 10 }],
  ['money', { microDollars: 10 }],
  ['requests', { requests: 2 }],
  ['requests from the start', { requests: 0 }],
] as const)('a task that has nothing to show when its %s are gone is stopped', async ([name, budget]) => {
  journey.model.play(`nothing-${name}`, NEVER_DONE)
  const task = await server.submit({ model: `nothing-${name}`, budget })
  const stopped = await server.reaches(task.number, 'stopped')
  expect(stopped.cause).toMatchObject({ code: 'budget_exhausted', rule: 'budget.exhausted' })
  expect(stopped.attempts).toMatchObject([{ agentEnding: 'budget', cause: { code: 'budget_exhausted' } }])
  isWithin(stopped.attempts[0]?.spend, budget)
})

test('an agent is stopped when its time is up, or when it does nothing for too long; its work is kept', async () => {
  const begin = create('src/new.txt', 'new\n')
  const busy = shell('trap "" TERM INT HUP; while :; do echo busy; sleep 0.1; done', 600)
  journey.model.play('time', [busy])
  journey.model.play('time-kept', [begin, busy])
  journey.model.play('idle', [shell('sleep 600', 600)])
  journey.model.play('idle-kept', [begin, shell('sleep 600', 600)])
  const budget = { seconds: IDLE_SECONDS - 1 }
  const time = await server.submit({ model: 'time', budget })
  const timeKept = await server.submit({ model: 'time-kept', budget })
  const idle = await server.submit({ model: 'idle' })
  const idleKept = await server.submit({ model: 'idle-kept' })

  const [timeEnd, idleEnd] = [
    await server.reaches(time.number, 'stopped'),
    await server.reaches(idle.number, 'stopped'),
  ]
  expect(timeEnd.cause).toMatchObject({ code: 'time_exhausted', rule: 'budget.seconds' })
  expect(idleEnd.cause).toMatchObject({ code: 'agent_idle', rule: 'agent.idle' })
  for (const [task, ending] of [
    [timeKept, 'time'],
    [idleKept, 'idle'],
  ] as const) {
    const ready = await server.reaches(task.number, 'awaiting_review')
    expect(ready.attempts).toMatchObject([{ agentEnding: ending }])
    expect(ready.patch?.files.map(({ path }) => path)).toEqual(['src/new.txt'])
  }
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
})

test('a budget is for a whole attempt: work sent back by gates goes on with what is left', async () => {
  const broken: Run = [create('src/bad.txt', 'BAD\n')]
  journey.model.play('sent-back', broken, NEVER_DONE)
  const task = await server.submit({ model: 'sent-back', budget: { requests: 5 } })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(ready.attempts).toMatchObject([{ agentEnding: 'budget', spend: { requests: 5 } }])
  expect(ready.gates).toMatchObject({ verdict: 'regressed', iteration: 1 })
})

test('an agent that only tries again, whatever signs of life it gives, is ended soon after its budget', async () => {
  const body = JSON.stringify({ model: 'stubborn', max_tokens: 1, messages: [] })
  const again = shell(
    `while :; do curl -s --unix-socket /run/airlock/model.sock -d '${body}' http://gateway/v1/messages; sleep 0.02; done`,
    600,
  )
  journey.model.play('stubborn', [create('src/new.txt', 'new\n'), again])
  const task = await server.submit({ model: 'stubborn', budget: { requests: 2 } })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(ready.attempts).toMatchObject([{ agentEnding: 'budget', spend: { requests: 2 } }])
  expect(ready.attempts[0]?.refusals.filter(({ rule }) => rule === 'budget.requests').length).toBeGreaterThan(
    3,
  )
})

test('a raise counts for an agent at work, needs its own permission and stands in the audit log', async () => {
  journey.model.play('raised', [create('src/new.txt', 'new\n'), shell('sleep 3'), ...NEVER_DONE])
  const task = await server.submit({ model: 'raised', budget: { requests: 3 } })
  await server.reaches(task.number, 'running')
  const added = given(
    await server.client.addPerson({ name: 'Dev', email: 'dev@example.org', role: 'developer' }),
  )
  const denied = await server.as(added.token).raiseBudget(task.id, { requests: 6 })
  expect(denied).toMatchObject({ ok: false, failure: { code: 'permission_denied' } })
  expect(given(await server.client.raiseBudget(task.id, { requests: 6 })).budget.requests).toBe(6)
  expect(await server.client.raiseBudget(task.id, { requests: 5 })).toMatchObject({
    ok: false,
    failure: { code: 'invalid_input', rule: 'budget.raise' },
  })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(ready.attempts).toMatchObject([{ agentEnding: 'budget', spend: { requests: 6 } }])
  const log = given(await server.client.auditEntries({ limit: 200 }))
  const raises = log.items
    .map(({ entry }) => JSON.parse(entry))
    .filter(({ action }) => action === 'budget.raised')
  expect(raises.map(({ subject, data }) => [subject, data.after.requests])).toEqual([[task.id, 6]])
})

test('a budget that the tasks of a project share ends them all, and says whose it was', async () => {
  const [project] = given(await server.client.projects()).items
  const owner = { kind: 'project', project: project?.name ?? '' } as const
  const day = { owner, period: 'day' } as const
  const [before] = given(await server.client.setBudget({ ...day, limits: { requests: 0 } })).items
  const requests = (before?.used.requests ?? 0) + 5
  given(await server.client.setBudget({ ...day, limits: { requests } }))
  journey.model.play('shared-one', FOR_EVER)
  journey.model.play('shared-two', FOR_EVER)
  const tasks = [await server.submit({ model: 'shared-one' }), await server.submit({ model: 'shared-two' })]
  const ends = []
  for (const { number } of tasks) ends.push(await server.reaches(number, 'awaiting_review', 'stopped'))
  const attempts = ends.flatMap((task) => task.attempts)
  expect(attempts.map(({ agentEnding }) => agentEnding)).toEqual(['budget', 'budget'])
  expect(attempts.reduce((sum, { spend }) => sum + spend.requests, 0)).toBe(5)
  const refusal = attempts[0]?.refusals.find(({ rule }) => rule === 'budget.requests')
  expect(refusal?.reason).toContain(`of project ${project?.name}, today is used up`)
  expect(given(await server.client.setBudget({ ...day, limits: {} })).items).toEqual([])
})

/** The promise of the ledger: a budget is passed by no more than the call that was admitted last. */
function isWithin(spend: Spend | undefined, budget: Partial<Budget>): void {
  const { inputTokens, outputTokens, microDollars, requests } = spend ?? NOTHING_SPENT
  expect(requests).toBeLessThanOrEqual(budget.requests ?? Infinity)
  expect(inputTokens + outputTokens).toBeLessThan((budget.tokens ?? Infinity) + ONE_CALL.tokens)
  expect(microDollars).toBeLessThan((budget.microDollars ?? Infinity) + ONE_CALL.microDollars)
}

/** More than any call of these scripts costs. */
const ONE_CALL = { tokens: 8_000, microDollars: 100_000 }
