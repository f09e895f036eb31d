import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#compose/config.ts'
import { examineHost } from '#compose/examine-host.ts'
import { openInstallation } from '#compose/installation.ts'
import { runnerCommand } from '#compose/runner-command.ts'
import { startEngine, type TestEngine } from '#test/support/container-engine.ts'
import { FILES, given, type Journey, startJourney } from '#test/support/journey.ts'
import { create, edit } from '#test/support/journey-model.ts'

const ROOT = resolve(import.meta.dirname, '../..')

let place: string
let engine: TestEngine
let journey: Journey
let settings: Record<string, string>
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'airlock-tier-'))
  settings = { AIRLOCK_SANDBOX: 'container', AIRLOCK_SANDBOX_RUNNER: join(place, 'runner.sock') }
  engine = await startEngine()
  const projectFile = `${FILES['airlock.yaml']}sandbox:\n  require: container\nsetup:\n  - echo prepared > .git/prepared\n`
  journey = await startJourney({ ...FILES, 'airlock.yaml': projectFile }, settings)
})
afterAll(async () => {
  await journey.close()
  await engine.close()
  await rm(place, { recursive: true, force: true })
})

/** Does as `airlock doctor` says. */
async function startRunner(): Promise<ChildProcess> {
  const config = readConfig({ AIRLOCK_HOME: journey.dataDirectory, ...settings })
  const installation = await openInstallation(config.dataDirectory, config.runtimeDirectory, randomBytes)
  const command = runnerCommand(config, installation, {
    packageRoot: ROOT,
    engine: engine.socket,
    socket: join(place, 'runner.sock'),
    directory: join(place, 'runner'),
  })
  const runner = spawn('sh', ['-c', command.replace('&& ', '&& exec ')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (runner.stdout !== null) await once(runner.stdout, 'data')
  return runner
}

test('a server that is to use containers does not start without a runner; the doctor names the command', async () => {
  await expect(journey.serve()).rejects.toThrow(/sandbox runner/)
  const config = readConfig({ AIRLOCK_HOME: journey.dataDirectory, ...settings })
  const [runner] = await examineHost(config, ROOT)
  expect(runner).toMatchObject({
    name: 'sandbox runner',
    status: 'missing',
    remedy: expect.stringMatching(/^As root: .*runner-main\.ts --engine unix:.* --user [1-9]\d*:[1-9]/),
  })
})

test('a task goes the whole way in containers', async () => {
  const runner = await startRunner()
  try {
    const config = readConfig({ AIRLOCK_HOME: journey.dataDirectory, ...settings })
    const findings = await examineHost(config, ROOT)
    expect(findings.filter(({ status }) => status === 'missing')).toEqual([])
    expect(findings[0]).toMatchObject({ name: 'sandbox runner', status: 'ok' })

    const server = await journey.serve()
    journey.model.play('work', [edit('src/poem.txt', 'two\n', 'TWO\n'), create('src/new.txt', 'fine\n')])
    const asked = await server.submit({ model: 'work' })
    const task = await server.reaches(asked.number, 'awaiting_review')
    expect(task.patch?.files.map(({ path }) => path).toSorted()).toEqual(['src/new.txt', 'src/poem.txt'])
    given(await server.approve(task))
    const done = await server.reaches(asked.number, 'published')
    const commit = done.publication?.commit ?? ''
    journey.git('fetch', '-q', 'origin')
    expect(journey.git('show', `${commit}:src/new.txt`)).toBe('fine')
    expect(await engine.podman('ps', '--all', '--quiet')).toBe('')
    await server.stop()
  } finally {
    const exited = once(runner, 'exit')
    runner.kill('SIGTERM')
    await exited
  }
})

test('a project that requires containers is not worked on in anything weaker', async () => {
  const weaker = await startJourney({
    ...FILES,
    'airlock.yaml': 'version: 1\ngates: []\nsandbox:\n  require: container\n',
  })
  try {
    const server = await weaker.serve()
    weaker.model.play('work', [create('src/new.txt', 'fine\n')])
    const asked = await server.submit({ model: 'work' })
    const task = await server.reaches(asked.number, 'failed')
    expect(task.cause).toMatchObject({
      code: 'sandbox_unavailable',
      rule: 'sandbox.require',
      message: 'The project requires the sandbox container; this server has bubblewrap.',
    })
  } finally {
    await weaker.close()
  }
})
