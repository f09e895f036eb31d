import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { given, type Journey, type RunningServer, refusal, startJourney } from '#test/support/journey.ts'
import { NOTHING_LEFT } from '#test/support/journey-leftovers.ts'
import { create, type Run, shell } from '#test/support/journey-model.ts'

const WORK: Run = [
  create('src/new.txt', 'new\n'),
  shell('mkdir out && echo left >out/thing && ln -s /etc/passwd link'),
]

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney()
  journey.model.play('work', WORK)
  server = await journey.serve()
})
afterAll(() => journey.close())

function kept(): string[] {
  return readdirSync(join(journey.dataDirectory, 'workspaces/preserved')).toSorted()
}

async function reviewed(preserveSeconds?: number) {
  const task = await server.submit({
    model: 'work',
    ...(preserveSeconds === undefined ? {} : { preserveSeconds }),
  })
  return server.reaches(task.number, 'awaiting_review')
}

async function inspect(task: number, ...command: string[]) {
  const { exitCode, output } = given(await server.client.inspect(`${task}`, command))
  return [exitCode, output.trim()]
}

test('a workspace is kept where it was asked for, can be looked at and not changed, and is destroyed at a word', async () => {
  expect((await reviewed()).preserved).toBeUndefined()
  expect(kept()).toEqual([])
  const task = await reviewed(3_600)
  expect(task.preserved).toMatchObject({ attempt: 1, phase: 'run' })
  expect(kept()).toHaveLength(1)
  const { number } = task

  expect(await inspect(number, 'cat', 'src/new.txt', 'out/thing')).toEqual([0, 'new\nleft'])
  expect(await inspect(number, 'sh', '-c', 'echo x >src/new.txt')).toEqual([
    2,
    expect.stringContaining('Read-only'),
  ])
  expect(await inspect(number, 'sh', '-c', 'ls /run/airlock; cat /proc/net/route | wc -l')).toEqual([
    0,
    expect.stringMatching(/No such file[\s\S]*\n1$/),
  ])
  given(await server.client.reject(task.id, { comment: 'no', retry: false }))
  const shown = await journey.airlock('show', `${number}`)
  expect(shown.out).toContain(`airlock sandbox inspect ${number}`)
  const seen = await journey.airlock('sandbox', 'inspect', `${number}`, '--', 'readlink', 'link')
  expect([seen.exit, seen.out]).toEqual([0, '/etc/passwd\n'])

  expect((await journey.airlock('sandbox', 'destroy', `${number}`)).exit).toBe(0)
  expect(kept().filter((name) => !name.startsWith('.'))).toEqual([])
  expect(refusal(await server.client.inspect(task.id, ['ls']))).toMatchObject({
    code: 'not_found',
    rule: 'sandbox.preserve',
  })
  expect(refusal(await server.client.discardPreserved(task.id)).code).toBe('not_found')
  expect(await wordsAbout(task.id)).toEqual([
    ['sandbox.preserved', 'system'],
    ['sandbox.inspected', 'person'],
    ['sandbox.inspected', 'person'],
    ['sandbox.inspected', 'person'],
    ['sandbox.inspected', 'person'],
    ['sandbox.destroyed', 'person'],
  ])
  await expect.poll(kept, { timeout: 30_000 }).toEqual([])
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
})

test('a failed setup can be looked at, and the next attempt takes its place', async () => {
  journey.commit({
    'airlock.yaml': "version: 1\nsetup: ['echo half >made.txt; test -e src/fixed.txt']\ngates: []\n",
  })
  const task = await server.submit({ model: 'work', preserveSeconds: 3_600 })
  const failed = await server.reaches(task.number, 'failed')
  expect(failed.preserved).toMatchObject({ attempt: 1, phase: 'prepare' })
  expect(await inspect(task.number, 'cat', 'made.txt')).toEqual([0, 'half'])
  journey.commit({ 'src/fixed.txt': 'fixed\n' })
  given(await server.client.retry(task.id, ''))
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(ready.preserved).toMatchObject({ attempt: 2, phase: 'run' })
  expect(kept().filter((name) => !name.startsWith('.'))).toHaveLength(1)
  given(await server.client.discardPreserved(task.id))
})

test('what has expired goes while the server runs, and at the next start, with whatever nobody knows of', async () => {
  const short = await reviewed(1)
  await expect.poll(kept, { timeout: 30_000 }).toEqual([])
  expect(given(await server.client.task(short.id)).preserved).toBeUndefined()

  const long = await reviewed(3_600)
  const [name = ''] = kept()
  const brief = await reviewed(8)
  expect(kept()).toHaveLength(2)
  await server.kill()
  for (const stray of ['kpt_stray', '.draft-kpt_half']) {
    mkdirSync(join(journey.dataDirectory, 'workspaces/preserved', stray))
    writeFileSync(join(journey.dataDirectory, 'workspaces/preserved', stray, 'file'), 'x')
  }
  await expect
    .poll(() => Date.now() > Date.parse(brief.preserved?.expiresAt ?? ''), { timeout: 30_000 })
    .toBe(true)
  server = await journey.serve()
  await expect.poll(kept, { timeout: 30_000 }).toEqual([name])
  expect(await inspect(long.number, 'cat', 'src/new.txt')).toEqual([0, 'new'])
  expect(await wordsAbout(brief.id)).toEqual([
    ['sandbox.preserved', 'system'],
    ['sandbox.destroyed', 'system'],
  ])
  given(await server.client.discardPreserved(long.id))
  expect((await server.auditLog()).ok).toBe(true)
})

test('cleanup comes before a workspace is kept, with nothing but the workspace, and never into the patch', async () => {
  journey.commit({
    'airlock.yaml':
      "version: 1\ngates: []\ncleanup: ['rm -r out; test ! -e /run/airlock && echo alone >cleaned.txt', 'exit 7']\n",
  })
  const task = await reviewed(3_600)
  expect(await inspect(task.number, 'sh', '-c', 'cat cleaned.txt; ls out')).toEqual([
    2,
    expect.stringMatching(/^alone\nls: .*out/),
  ])
  expect(task.patch?.files.map(({ path }) => path).toSorted()).toEqual(['out/thing', 'src/new.txt'])
  given(await server.client.discardPreserved(task.id))
  journey.commit({ 'airlock.yaml': 'version: 1\ngates: []\n' })
})

test('nobody keeps anything for longer than an administrator allows, and a viewer looks at nothing', async () => {
  const project = given(await server.client.createProject({ url: journey.remote })).id
  const asked = { intent: 'x', project, model: 'scripted/work', preserveSeconds: 2 * 86_400 }
  expect(refusal(await server.client.submit(asked))).toMatchObject({
    code: 'invalid_input',
    rule: 'sandbox.preserve',
    details: { asked: 2 * 86_400, most: 86_400 },
  })
  expect(refusal(await server.client.submit({ ...asked, preserveSeconds: 8 * 86_400 })).code).toBe(
    'invalid_input',
  )
  const { token } = given(
    await server.client.addPerson({ name: 'Vi', email: 'vi@example.org', role: 'viewer' }),
  )
  const task = await reviewed(3_600)
  expect(refusal(await server.as(token).inspect(task.id, ['ls'])).code).toBe('permission_denied')
  expect(refusal(await server.as(token).discardPreserved(task.id)).code).toBe('permission_denied')
})

/** What the audit log says about a task's workspace, and what kind of actor did it. */
async function wordsAbout(task: string): Promise<unknown[]> {
  const { items } = given(await server.client.auditEntries({ limit: 200 }))
  return items
    .map(({ entry }) => JSON.parse(entry))
    .filter(({ subject, action }) => subject === task && action.startsWith('sandbox.'))
    .map(({ action, actor }) => [action, actor.kind])
    .reverse()
}
