import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Task } from '#contract/task.ts'
import { plainGit } from '#test/support/git-fixture.ts'
import {
  FILES,
  given,
  type Journey,
  type RunningServer,
  refusal,
  startJourney,
} from '#test/support/journey.ts'
import { NOTHING_LEFT } from '#test/support/journey-leftovers.ts'
import { create, type Run, shell, startJourneyModel } from '#test/support/journey-model.ts'

let journey: Journey
let server: RunningServer
let project: string
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve()
  project = given(await server.client.createProject({ url: journey.remote })).id
  journey.model.play('work', WORK)
})
afterAll(() => journey.close())

const WORK: Run = [create('src/new.txt', 'new\n')]

test('a request that cannot work is refused before anything runs, and nothing is written of it', async () => {
  const ask = async (request: object) =>
    refusal(await server.client.submit({ intent: 'Try', project, model: 'scripted/work', ...request }))
  expect(await ask({ project: 'nowhere' })).toMatchObject({ code: 'not_found' })
  expect(await ask({ agent: 'nobody' })).toMatchObject({
    code: 'unknown_agent',
    remedy: 'Use one of: builtin, claude-code, codex, gemini, opencode, acp:<command>.',
  })
  expect(await ask({ model: 'nobody/x' })).toMatchObject({ code: 'unknown_provider' })
  expect(await ask({ model: 'scripted' })).toMatchObject({ code: 'unknown_model' })
  expect(await ask({ baseBranch: 'nowhere' })).toMatchObject({
    code: 'base_not_found',
    details: { known: ['main'] },
  })
  expect(await ask({ scope: { include: [], exclude: [] } })).toMatchObject({ code: 'invalid_scope' })
  expect(await ask({ scope: { include: ['/etc/**'], exclude: [] } })).toMatchObject({ code: 'invalid_scope' })
  expect(await ask({ scope: { include: ['../**'], exclude: [] } })).toMatchObject({ code: 'invalid_scope' })
  expect(await ask({ intent: ' ' })).toMatchObject({ code: 'invalid_input' })
  expect(await ask({ budget: { seconds: 0 } })).toMatchObject({ code: 'invalid_input' })
  expect(given(await server.client.tasks()).items).toEqual([])
})

test('a project file that cannot be read is refused with the place of each mistake', async () => {
  journey.commit({ 'airlock.yaml': 'version: 1\ngates:\n  - name: Words!\n    run: 7\nscop: {}\n' })
  const failure = refusal(await server.client.submit({ intent: 'Try', project, model: 'scripted/work' }))
  journey.commit(FILES)
  expect(failure).toMatchObject({ code: 'invalid_configuration', rule: 'project-file.valid' })
  const places = failure.message.split('\n').map((line) => line.split(' ')[0])
  expect(places).toEqual(['airlock.yaml:3:11', 'airlock.yaml:4:10', 'airlock.yaml:5:1'])
})

test('a repository without a commit, and a path without a repository, are refused as projects', async () => {
  const empty = join(journey.clone, '../empty.git')
  plainGit(journey.clone, 'init', '-q', '--bare', empty)
  expect(refusal(await server.client.createProject({ url: empty }))).toMatchObject({
    code: 'repository_empty',
  })
  expect(refusal(await server.client.createProject({ url: journey.dataDirectory }))).toMatchObject({
    code: 'repository_unreadable',
  })
})

test('whoever has uncommitted work is told that the agent does not see it', async () => {
  writeFileSync(join(journey.clone, 'src/poem.txt'), 'not committed\n')
  const { exit, err } = await journey.airlock('run', 'Write', '--model', 'scripted/work', '--no-watch')
  journey.git('checkout', '-q', '--', '.')
  expect(exit).toBe(0)
  expect(err).toContain('You have changes that are not committed.')
})

test('an agent that changes nothing, and one whose provider is away, fail with that cause', async () => {
  journey.model.play('nothing', [shell('true')])
  const leaving = await startJourneyModel()
  const provider = { name: 'away', protocol: 'anthropic', baseUrl: leaving.url, key: 'k' } as const
  given(await server.client.addProvider(provider))
  await leaving.close()
  const nothing = await server.submit({ model: 'nothing' })
  const away = given(await server.client.submit({ intent: 'Try', project, model: 'away/model' }))
  expect((await server.reaches(nothing.number, 'failed')).cause).toMatchObject({ code: 'nothing_changed' })
  expect((await server.reaches(away.number, 'failed')).cause).toMatchObject({ code: 'provider_unreachable' })
})

test('names of every kind arrive as they are, and reach no terminal as they are', async () => {
  const names = [
    "$'src/two\\nlines'",
    "$'src/not\\xffutf8'",
    "$'src/\\e]0;title\\a\\e[31mred'",
    "'src/ spaces '",
  ]
  journey.model.play('names', [shell(`for name in ${names.join(' ')}; do echo x > "$name"; done`)])
  const task = await ready('names')
  expect(task.patch?.undone).toEqual([])
  const bytes = [task.patch?.files ?? []].flat().map(({ path, pathBytes }) => pathBytes ?? path)
  expect(bytes).toContain(Buffer.from('src/not\xffutf8', 'latin1').toString('base64'))
  for (const words of [
    ['show', `${task.number}`],
    ['diff', `${task.number}`],
  ]) {
    const { exit, out } = await journey.airlock(...words)
    expect(exit).toBe(0)
    expect(/\p{Cc}/u.test(out.replaceAll('\n', ''))).toBe(false)
  }
  given(await server.approve(task))
  const { publication } = await server.reaches(task.number, 'published')
  const listed = plainGit(journey.remote, 'ls-tree', '-r', '--name-only', publication?.commit ?? '', 'src/')
  expect(listed.split('\n')).toEqual(
    expect.arrayContaining([
      '"src/two\\nlines"',
      '"src/not\\377utf8"',
      '"src/\\033]0;title\\a\\033[31mred"',
      'src/ spaces ',
    ]),
  )
})

test('what is too large, leads out or is out of scope is undone, named, and the rest is kept', async () => {
  journey.model.play('mixed', [
    create('src/good.txt', 'good\n'),
    shell('head -c 200000000 /dev/zero > src/huge.bin'),
    shell('ln -s /etc/passwd src/away && ln -s ../../../up src/up && ln -s poem.txt src/inside'),
    shell('echo x > outside.txt; echo y >> check.sh; mkdir -p other && echo z > other/z.txt'),
  ])
  const task = await ready('mixed', { scope: { include: ['src/**', 'outside.md'], exclude: [] } })
  expect(task.patch?.files.map(({ path }) => path)).toEqual(['src/good.txt', 'src/inside'])
  expect(task.patch?.undone.map(({ path, rule }) => [path, rule]).sort()).toEqual([
    ['check.sh', 'scope.protected'],
    ['other/z.txt', 'scope.write'],
    ['outside.txt', 'scope.write'],
    ['src/away', 'import.link'],
    ['src/huge.bin', 'import.file-size'],
    ['src/up', 'import.link'],
  ])
})

test('where the scope is whole directories the rest cannot even be written', async () => {
  journey.model.play('read-only', [shell('echo x > outside.txt; echo y > src/inside.txt')])
  const task = await ready('read-only', { scope: { include: ['src/**'], exclude: [] } })
  expect(task.patch).toMatchObject({ files: [{ path: 'src/inside.txt' }], undone: [] })
  const said = journey.model
    .requests()
    .filter(({ body }) => body.model === 'read-only')
    .at(-1)
  expect(JSON.stringify(said?.body)).toContain('Read-only file system')
})

test('an agent whose way to the model is taken away is stopped, with that cause', async () => {
  journey.model.play('lost', [shell('sleep 700', 600)])
  const task = await server.submit({ model: 'lost' })
  const sleeps = () => journey.leftovers().processes.join()
  await expect.poll(sleeps, { timeout: 60_000 }).toContain('sleep 700')
  for (const lane of journey.leftovers().lanes)
    rmSync(join(journey.runtimeDirectory, 'lanes', lane), { recursive: true })
  const failed = await server.reaches(task.number, 'failed')
  expect(failed.cause).toMatchObject({ code: 'gateway_lost' })
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
})

test('a second server on the same data directory is refused, and the first goes on', async () => {
  const { exit, err } = await journey.airlock('serve')
  expect(exit).toBe(11)
  expect(err).toContain('data_directory_busy')
  expect((await ready('work')).patch?.files).toHaveLength(1)
})

async function ready(
  model: string,
  request: Partial<Parameters<RunningServer['submit']>[0]> = {},
): Promise<Task> {
  const task = await server.submit({ ...request, model })
  return server.reaches(task.number, 'awaiting_review')
}
