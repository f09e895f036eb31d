import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Task } from '#contract/task.ts'
import { given, type Journey, type RunningServer, refusal, startJourney } from '#test/support/journey.ts'
import { create, edit, type Run, shell } from '#test/support/journey-model.ts'

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve()
  journey.model.play('work', WORK)
})
afterAll(() => journey.close())

/** Two hunks in one file and a file besides. */
const WORK: Run = [
  create('src/new.txt', 'new\n'),
  edit('src/poem.txt', 'one\n', 'ONE\n'),
  edit('src/poem.txt', 'twelve\n', 'TWELVE\n'),
]

test('dropping a file or a hunk makes a new patch that is checked again; the old one cannot be approved', async () => {
  const task = await ready('work')
  const first = task.patch?.digest ?? ''
  const drop = (patchDigest: string, what: object) =>
    server.client.select(task.id, { patchDigest, dropFiles: [], dropHunks: [], ...what })

  given(await drop(first, { dropFiles: ['src/new.txt'] }))
  const second = await server.reaches(task.number, 'awaiting_review')
  expect(second.patch).toMatchObject({ origin: 'reviewer', files: [{ path: 'src/poem.txt', additions: 2 }] })
  expect(second.gates).toMatchObject({ patch: second.patch?.digest, verdict: 'pass' })

  given(await drop(second.patch?.digest ?? '', { dropHunks: [{ path: 'src/poem.txt', hunk: 0 }] }))
  const third = await server.reaches(task.number, 'awaiting_review')
  expect(new Set([first, second.patch?.digest, third.patch?.digest]).size).toBe(3)
  const diff = Buffer.from(given(await server.client.diff(task.id))).toString('utf8')
  expect(diff).toContain('+TWELVE')
  expect(diff).not.toContain('ONE')

  for (const stale of [first, second.patch?.digest ?? ''])
    expect(refusal(await server.approve(third, { patchDigest: stale }))).toMatchObject({
      code: 'approval_void',
      rule: 'approval.exact',
      details: { asked: stale, current: third.patch?.digest },
    })
  expect(refusal(await drop(first, { dropFiles: ['src/poem.txt'] }))).toMatchObject({ code: 'approval_void' })
  given(await server.approve(third))
  const { publication } = await server.reaches(task.number, 'published')
  journey.git('fetch', '-q')
  expect(journey.git('show', '--format=', '--name-only', publication?.commit ?? '')).toBe('src/poem.txt')
})

test('a selection of what is not there, or of everything, is refused and changes nothing', async () => {
  const task = await ready('work')
  const patchDigest = task.patch?.digest ?? ''
  for (const what of [
    { dropFiles: ['src/none.txt'] },
    { dropHunks: [{ path: 'src/poem.txt', hunk: 9 }] },
    { dropFiles: ['src/new.txt', 'src/poem.txt'] },
  ])
    expect(
      refusal(await server.client.select(task.id, { patchDigest, dropFiles: [], dropHunks: [], ...what })),
    ).toMatchObject({ code: 'invalid_selection', rule: 'review.selection' })
  expect(given(await server.client.task(task.id))).toEqual(task)
})

test('a regression that the reviewer made by dropping something is shown, and never sent to the agent', async () => {
  journey.model.play('excuse', [create('src/worse.txt', 'BAD\n'), create('src/excuse.txt', 'sorry\n')])
  const task = await ready('excuse')
  expect(task.gates).toMatchObject({ verdict: 'pass' })
  const patchDigest = task.patch?.digest ?? ''
  given(await server.client.select(task.id, { patchDigest, dropFiles: ['src/excuse.txt'], dropHunks: [] }))
  const less = await server.reaches(task.number, 'awaiting_review')
  expect(less.gates).toMatchObject({ verdict: 'regressed', patch: less.patch?.digest })
  expect(less.gates?.gates[0]?.new).toHaveLength(1)
  expect(journey.model.prompts('excuse')).toHaveLength(1)
})

test('a change that is sent back with a comment is gone on with: upon the patch, and the agent reads the comment', async () => {
  const looks = shell('test -f src/new.txt && grep -q ONE src/poem.txt')
  journey.model.play('comment', WORK, [looks, edit('src/new.txt', 'new', 'newer')])
  const task = await ready('comment')
  given(await server.client.reject(task.id, { comment: 'Please say newer.', retry: true }))
  const again = await server.reaches(task.number, 'awaiting_review')
  expect(journey.model.prompts('comment')[1]).toContain('Please say newer.')
  expect(again.attempts.map(({ number, agentEnding }) => [number, agentEnding])).toEqual([
    [1, 'finished'],
    [2, 'finished'],
  ])
  const diff = Buffer.from(given(await server.client.diff(task.id))).toString('utf8')
  expect(diff).toContain('+newer')
  expect(diff).toContain('+TWELVE')
})

test('a rejected change is over, until somebody retries it from the base', async () => {
  const task = await ready('work')
  const rejected = given(await server.client.reject(task.id, { comment: 'No.' }))
  expect(rejected.state).toBe('rejected')
  expect(refusal(await server.approve(task))).toMatchObject({ code: 'wrong_state', rule: 'task.life' })
  given(await server.client.retry(task.id, 'Try again'))
  const again = await server.reaches(task.number, 'awaiting_review')
  expect(again.attempts).toHaveLength(2)
  expect(journey.model.prompts('work').at(-1)).toContain('Try again')
})

test('a failed task is retried', async () => {
  journey.model.play('fails', [], WORK)
  const task = await server.submit({ model: 'fails' })
  expect((await server.reaches(task.number, 'failed')).cause).toMatchObject({ code: 'nothing_changed' })
  given(await server.client.retry(task.id, ''))
  const again = await server.reaches(task.number, 'awaiting_review')
  expect(again).not.toHaveProperty('cause')
  expect(again.attempts.map(({ number, cause }) => [number, cause?.code])).toEqual([
    [1, 'nothing_changed'],
    [2, undefined],
  ])
})

test('only branches of our own, that nothing protects, can be approved', async () => {
  const task = await ready('work')
  for (const branch of [
    'main',
    'master',
    'airlock/..',
    'airlock/1-a/../../main',
    'airlock/1-A',
    'refs/heads/main',
    '-f',
  ])
    expect(refusal(await server.approve(task, { branch })), branch).toMatchObject({
      code: 'protected_branch',
    })
  expect(refusal(await server.approve(task, { message: ' ' }))).toMatchObject({ code: 'invalid_input' })
  expect(given(await server.client.task(task.id))).toEqual(task)
})

test('of two approvals at the same time one counts, and it is published once', async () => {
  const before = journey.pushes()
  const task = await ready('work')
  const answers = await Promise.all([server.approve(task), server.approve(task), server.approve(task)])
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  for (const answer of answers)
    if (!answer.ok) expect(['conflict', 'wrong_state']).toContain(answer.failure.code)
  await server.reaches(task.number, 'published')
  expect(refusal(await server.approve(task))).toMatchObject({ code: 'wrong_state' })
  expect(journey.pushes()).toBe(before + 1)
})

test('with a second maintainer nobody approves what they asked for; a viewer approves nothing', async () => {
  const person = async (name: string, role: 'viewer' | 'developer' | 'maintainer') => {
    const { token } = given(await server.client.addPerson({ name, email: `${name}@example.test`, role }))
    return server.as(token)
  }
  const task = await ready('work')
  const request = { patchDigest: task.patch?.digest ?? '', message: 'Approved' }
  const [viewer, developer] = [await person('vera', 'viewer'), await person('dora', 'developer')]
  for (const client of [viewer, developer])
    expect(refusal(await client.approve(task.id, request))).toMatchObject({ code: 'permission_denied' })
  expect(refusal(await viewer.cancel(task.id))).toMatchObject({ code: 'permission_denied' })
  expect(refusal(await viewer.reject(task.id, { comment: '' }))).toMatchObject({ code: 'permission_denied' })

  const maintainer = await person('mia', 'maintainer')
  expect(refusal(await server.approve(task))).toMatchObject({ code: 'self_approval' })
  given(await maintainer.approve(task.id, request))
  const published = await server.reaches(task.number, 'published')
  expect(published.publication?.approver.name).toBe('mia')
  expect(await server.auditLog()).toMatchObject({ ok: true, findings: [] })
})

async function ready(model: string): Promise<Task> {
  const task = await server.submit({ model })
  return server.reaches(task.number, 'awaiting_review')
}
