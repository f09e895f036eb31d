import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Task } from '#contract/task.ts'
import { given, type Journey, killPostgres, type RunningServer, startJourney } from '#test/support/journey.ts'
import { NOTHING_LEFT } from '#test/support/journey-leftovers.ts'
import { create, edit, type Run, shell } from '#test/support/journey-model.ts'
import type { JourneyServerOptions } from '#test/support/journey-server.ts'

type Stall = NonNullable<JourneyServerOptions['stall']>

let journey: Journey
beforeAll(async () => {
  journey = await startJourney()
})
afterEach(() => journey.rest())
afterAll(() => journey.close())

const WORK: Run = [create('src/new.txt', 'new\n')]
const ONCE = [{ number: 1, cause: undefined, ending: 'finished' }]
const LOST_THEN_DONE = [
  { number: 1, cause: 'attempt_lost', ending: undefined },
  { number: 2, cause: undefined, ending: 'finished' },
]

test.for([
  ['queued', ONCE],
  ['preparing', LOST_THEN_DONE],
  ['running', LOST_THEN_DONE],
  ['checking', ONCE],
] as const)(
  'a server killed while a task is %s goes on with it after its restart',
  async ([at, attempts]) => {
    const task = await killedAt({ at }, at, WORK)
    await goesOn(task, attempts)
  },
)

test.for(['approved', 'publishing', 'pushed'] as const)(
  'a server killed when a change is %s publishes it once',
  async (at) => {
    const before = journey.pushes()
    const server = await journey.serve({ stall: { at } })
    journey.model.play(at, WORK)
    const task = await server.submit({ model: at })
    given(await server.approve(await server.reaches(task.number, 'awaiting_review')))
    await server.stalled()
    expect(journey.pushes() - before).toBe(at === 'pushed' ? 1 : 0)
    const sent = Object.values(journey.pushed())
    await server.kill()

    const next = await journey.serve()
    const done = await next.reaches(task.number, 'published')
    expect(attemptsOf(done)).toEqual(ONCE)
    if (at === 'pushed') expect(sent).toContain(done.publication?.commit)
    await isWhole(next, done, before)
  },
)

test('a server killed in the middle of a command leaves nothing of the sandbox, and the work begins anew', async () => {
  const server = await journey.serve()
  journey.model.play(
    'middle',
    [create('src/lost.txt', 'lost\n'), shell('sleep 1000 & sleep 1000', 600)],
    WORK,
  )
  const task = await server.submit({ model: 'middle' })
  await sleeps()
  await server.kill()
  await goesOn(task, LOST_THEN_DONE)
})

test('a server killed after gates sent work back begins anew upon that work, with what the gates said', async () => {
  const broken = [create('src/new.txt', 'new\n'), edit('src/poem.txt', 'two', 'two BAD')]
  const mended = [edit('src/poem.txt', 'two BAD', 'two good')]
  const task = await killedAt({ at: 'running', time: 2 }, 'sent-back', broken, mended)
  const done = await goesOn(task, [
    { number: 1, cause: 'attempt_lost', ending: 'finished' },
    { number: 2, cause: undefined, ending: 'finished' },
  ])
  expect(done.patch?.files.map(({ path }) => path)).toEqual(['src/new.txt', 'src/poem.txt'])
  expect(journey.model.prompts('sent-back').at(-1)).toContain('two BAD')
})

test('a database killed together with the server loses nothing', async () => {
  const task = await killedAt({ at: 'checking' }, 'database', WORK)
  await killPostgres(journey.dataDirectory)
  await goesOn(task, ONCE)
})

test('a task survives two crashes, and is called failed after the third', async () => {
  journey.model.play('unlucky', [shell('sleep 1000', 600)])
  let server = await journey.serve()
  const task = await server.submit({ model: 'unlucky' })
  for (let crash = 1; crash <= 3; crash += 1) {
    await sleeps()
    await server.kill()
    server = await journey.serve()
  }
  const failed = await server.reaches(task.number, 'failed')
  expect(failed.cause).toMatchObject({ code: 'attempt_lost' })
  expect(attemptsOf(failed).map(({ cause }) => cause)).toEqual([
    'attempt_lost',
    'attempt_lost',
    'attempt_lost',
  ])
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
  await server.stop()
})

test('a task that was cancelled stays cancelled when the server is killed at that moment', async () => {
  const server = await journey.serve()
  journey.model.play('cancelled', [shell('sleep 1000', 600)])
  const task = await server.submit({ model: 'cancelled' })
  await sleeps()
  given(await server.client.cancel(task.id))
  await server.kill()
  const next = await journey.serve()
  expect(await next.reaches(task.number, 'cancelled')).toMatchObject({ cause: { code: 'cancelled' } })
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
  await next.stop()
})

/** Starts a task on a server that stalls there, and kills the server. */
async function killedAt(stall: Stall, name: string, ...runs: readonly Run[]): Promise<Task> {
  const server = await journey.serve({ stall })
  journey.model.play(name, ...runs)
  const task = await server.submit({ model: name })
  await server.stalled()
  await server.kill()
  return task
}

/** A normal server brings the task to its end: published once, all of it on record, nothing left. */
async function goesOn(task: Task, attempts: readonly unknown[]): Promise<Task> {
  const before = journey.pushes()
  const server = await journey.serve()
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(attemptsOf(ready)).toEqual(attempts)
  given(await server.approve(ready))
  const done = await server.reaches(task.number, 'published')
  await isWhole(server, done, before)
  return done
}

async function isWhole(server: RunningServer, done: Task, pushesBefore: number): Promise<void> {
  const { branch = '', commit } = done.publication ?? {}
  expect(journey.pushes()).toBe(pushesBefore + 1)
  expect(journey.pushed()).toMatchObject({ [branch]: commit })
  expect(await server.auditLog()).toMatchObject({ ok: true, findings: [] })
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
  expect(await server.stop()).toBe(0)
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
}

function attemptsOf(task: Task) {
  return task.attempts.map(({ number, cause, agentEnding }) => ({
    number,
    cause: cause?.code,
    ending: agentEnding,
  }))
}

async function sleeps(): Promise<void> {
  const sleeping = () => journey.leftovers().processes.some((line) => line.includes('sleep 1000'))
  await expect.poll(sleeping, { timeout: 60_000 }).toBe(true)
  await pause(100)
}
