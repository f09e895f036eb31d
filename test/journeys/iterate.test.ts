import { afterAll, beforeAll, expect, test } from 'vitest'
import { given, type Journey, type RunningServer, startJourney } from '#test/support/journey.ts'
import { create, edit, type Run } from '#test/support/journey-model.ts'

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve()
})
afterAll(() => journey.close())

const BREAKS: Run = [edit('src/poem.txt', 'two', 'two BAD')]

test('a failure that the agent caused goes back to it, and only that one; then it is mended', async () => {
  journey.model.play('mends', BREAKS, [edit('src/poem.txt', 'two BAD', 'two, better')])
  const task = await server.submit({ model: 'mends', intent: 'Improve the second line' })
  const ready = await server.reaches(task.number, 'awaiting_review')

  const prompts = journey.model.prompts('mends')
  expect(prompts).toHaveLength(2)
  expect(prompts[0]).not.toContain('BAD')
  expect(prompts[1]).toContain('Improve the second line')
  expect(prompts[1]).toContain('two BAD')
  expect(prompts[1]).toMatch(/comes from programs of this repository.*<<<mark-(\w{18}).*two BAD.*mark-\1>>>/s)
  expect(prompts[1]).not.toContain('BAD since long ago')
  expect(ready.gates).toMatchObject({
    verdict: 'pass',
    iteration: 1,
    gates: [
      { name: 'words', base: 'fail', result: 'fail', verdict: 'pass', new: [], fixed: [], baseCached: true },
    ],
  })
  expect(ready.gates?.gates[0]?.preExisting).toHaveLength(1)
  expect(ready.attempts).toMatchObject([{ number: 1, agentEnding: 'finished' }])
  expect(diffOf(await server.client.diff(task.id))).toContain('+two, better\n')
})

test('a failure that was there before is never blamed on the agent', async () => {
  journey.model.play('innocent', [create('src/new.txt', 'good\n')])
  const task = await server.submit({ model: 'innocent' })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(journey.model.prompts('innocent')).toHaveLength(1)
  expect(ready.gates).toMatchObject({ verdict: 'pass', iteration: 0 })
})

test('an agent that cannot mend what it broke is asked so often and no more; the reviewer sees it', async () => {
  journey.model.play('hopeless', BREAKS, [create('src/a.txt', 'a\n')], [create('src/b.txt', 'b\n')])
  const task = await server.submit({ model: 'hopeless', budget: { iterations: 2 } })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(journey.model.prompts('hopeless')).toHaveLength(3)
  expect(ready.gates).toMatchObject({ verdict: 'regressed', iteration: 2 })
  expect(ready.gates?.gates[0]?.new).toHaveLength(1)
  expect(ready.patch?.files.map(({ path }) => path)).toEqual(['src/a.txt', 'src/b.txt', 'src/poem.txt'])
  given(await server.approve(ready))
  await server.reaches(task.number, 'published')
})

test('an agent that takes its own work back has changed nothing', async () => {
  journey.model.play('sorry', BREAKS, [edit('src/poem.txt', 'two BAD', 'two')])
  const task = await server.submit({ model: 'sorry' })
  const failed = await server.reaches(task.number, 'failed')
  expect(failed.cause).toMatchObject({ code: 'nothing_changed' })
})

test('an agent that answers a complaint with nothing is asked again, with the same complaint', async () => {
  journey.model.play('deaf', BREAKS, [])
  const task = await server.submit({ model: 'deaf', budget: { iterations: 1 } })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(ready.gates).toMatchObject({ verdict: 'regressed', iteration: 1 })
})

function diffOf(diff: Parameters<typeof given<Uint8Array>>[0]): string {
  return Buffer.from(given(diff)).toString('utf8')
}
