import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { StallPoint } from '#tasks/workshop.ts'
import { given, type Journey, type RunningServer, refusal, startJourney } from '#test/support/journey.ts'
import { NOTHING_LEFT } from '#test/support/journey-leftovers.ts'
import { create, type Run, shell } from '#test/support/journey-model.ts'

let journey: Journey
beforeAll(async () => {
  journey = await startJourney()
})
afterEach(() => journey.rest())
afterAll(() => journey.close())

const WORK: Run = [create('src/new.txt', 'new\n')]

test('an agent in the middle of a long command is stopped at once, and nothing of it is left', async () => {
  const server = await journey.serve()
  journey.model.play('long', [
    create('src/half.txt', 'half\n'),
    shell('sleep 900 & setsid sleep 900 & sleep 900', 600),
  ])
  const task = await server.submit({ model: 'long' })
  const sleeping = () => journey.leftovers().processes.filter((line) => line.includes('sleep 900')).length
  await expect.poll(sleeping, { timeout: 60_000 }).toBeGreaterThanOrEqual(3)

  given(await server.client.cancel(task.id))
  await expect.poll(() => journey.leftovers(), { timeout: 60_000 }).toEqual(NOTHING_LEFT)
  await isCancelled(server, task.number)
})

test('a gate in the middle of its run is stopped at once, and says nothing about the base', async () => {
  const server = await journey.serve()
  journey.commit({
    'airlock.yaml': "version: 1\ngates: [{ name: slow, run: 'sleep 900', parser: lines }]\n",
  })
  journey.model.play('gate', WORK)
  const task = await server.submit({ model: 'gate' })
  await expect.poll(() => journey.leftovers().processes.join(), { timeout: 60_000 }).toContain('sleep 900')
  given(await server.client.cancel(task.id))
  await expect.poll(() => journey.leftovers(), { timeout: 60_000 }).toEqual(NOTHING_LEFT)
  await isCancelled(server, task.number)
  journey.commit({ 'airlock.yaml': 'version: 1\ngates: []\n' })
})

test.for(['queued', 'preparing', 'running', 'checking', 'approved'] as const)(
  'a task that is %s is cancelled, and can be retried',
  async (at: StallPoint) => {
    const server = await journey.serve({ stall: { at } })
    journey.model.play(at, WORK)
    const task = await server.submit({ model: at })
    if (at === 'approved') given(await server.approve(await server.reaches(task.number, 'awaiting_review')))
    await server.stalled()
    expect(given(await server.client.cancel(task.id)).state).toBe('cancelled')
    await server.kill() // the stall itself never ends

    const next = await journey.serve()
    await isCancelled(next, task.number)
    expect(journey.leftovers()).toEqual(NOTHING_LEFT)
    given(await next.client.retry(task.id, ''))
    const again = await next.reaches(task.number, 'awaiting_review')
    expect(again.attempts.at(-1)).toMatchObject({ number: 2, agentEnding: 'finished' })
  },
)

test('a task under review is cancelled; one that is being published or was is not', async () => {
  const server = await journey.serve({ stall: { at: 'publishing' } })
  journey.model.play('review', WORK)
  const first = await server.submit({ model: 'review' })
  await server.reaches(first.number, 'awaiting_review')
  given(await server.client.cancel(first.id))
  await isCancelled(server, first.number)

  const second = await server.submit({ model: 'review' })
  given(await server.approve(await server.reaches(second.number, 'awaiting_review')))
  await server.stalled()
  expect(refusal(await server.client.cancel(second.id))).toMatchObject({
    code: 'wrong_state',
    rule: 'task.life',
    details: { state: 'publishing', command: 'cancel' },
  })
  await server.kill()
  const next = await journey.serve()
  await next.reaches(second.number, 'published')
  expect(refusal(await next.client.cancel(second.id))).toMatchObject({ code: 'wrong_state' })
})

async function isCancelled(server: RunningServer, task: number): Promise<void> {
  const cancelled = given(await server.client.task(`${task}`))
  expect(cancelled).toMatchObject({ state: 'cancelled', cause: { code: 'cancelled' } })
  expect(cancelled.attempts.every(({ endedAt }) => endedAt !== undefined)).toBe(true)
  expect(await server.auditLog()).toMatchObject({ ok: true })
}
