import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EgressTarget } from '#contract/egress.ts'
import {
  FILES,
  given,
  type Journey,
  type RunningServer,
  refusal,
  startJourney,
} from '#test/support/journey.ts'
import { create, type Run, shell } from '#test/support/journey-model.ts'

const HOST = 'mirror.example.org'
const FETCH = `
const target = process.argv[2]
const headers = { host: new URL(target).host }
require('node:http').get({ host: '127.0.0.1', port: 3128, path: target, headers }, (res) => {
  console.log(target, res.statusCode, res.statusMessage)
  res.on('data', (chunk) => console.log(String(chunk)))
  res.on('end', () => process.exit(res.statusCode === 200 ? 0 : 1))
})
`

let mirror: Server
const asked: string[] = []
let journey: Journey
let server: RunningServer

beforeAll(async () => {
  mirror = createServer((req, res) => {
    asked.push(`${req.headers.host}${req.url}`)
    res.end('a package')
  })
  await once(mirror.listen(0, '127.0.0.1'), 'listening')
  journey = await startJourney({ ...FILES, 'fetch.cjs': FETCH, 'airlock.yaml': yaml('') })
  const { port } = mirror.address() as AddressInfo
  server = await journey.serve({ world: { host: HOST, port } })
  journey.model.play('work', WORK)
})
afterAll(async () => {
  await journey.close()
  mirror.close()
})

function yaml(egress: string): string {
  return `version: 1
setup: ['node fetch.cjs http://${HOST}/npm/thing']
gates: []
${egress}`
}

const WORK: Run = [
  shell(`node fetch.cjs http://${HOST}/npm/thing; node fetch.cjs http://elsewhere.example.org/`),
  create('src/new.txt', 'new\n'),
]
const PLAIN: EgressTarget = { host: HOST, port: 80 }
const OPEN = { methods: ['GET', 'HEAD'] as ('GET' | 'HEAD')[], paths: ['/npm/**'] }

test('what setup was refused is asked of people; a maintainer allows it for this task alone, and can take it back', async () => {
  const task = await server.submit({ model: 'work' })
  const failed = await server.reaches(task.number, 'failed')
  expect(failed.cause).toMatchObject({
    code: 'setup_failed',
    remedy: expect.stringContaining(`airlock widen ${task.number} ${HOST}:80`),
    details: { refused: `GET http://${HOST}/npm/thing` },
  })
  const request = { scheme: 'http', host: HOST, port: 80, method: 'GET', path: '/npm/thing' }
  const counted = { phase: 'prepare', origin: 'setup', times: 1 }
  const times = { firstAt: expect.any(String), lastAt: expect.any(String) }
  expect(failed.egress).toEqual({ requests: [{ ...request, ...counted, ...times, open: true }], allowed: [] })
  const shown = await journey.airlock('show', `${task.number}`)
  expect(shown.out).toMatch(/\? http:\/\/mirror.example.org:80 .*airlock widen 1 mirror.example.org:80/)

  const wide = await journey.airlock('widen', '1', `${HOST}:80`, '--path', '/npm/**', '--reason', 'our own')
  expect([wide.exit, wide.out]).toEqual([0, expect.stringContaining('for this task, by ada: our own')])
  given(await server.client.retry(task.id, ''))
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(asked).toEqual([`${HOST}/npm/thing`])
  expect(ready.egress).toMatchObject({
    requests: [{ ...request, open: false }],
    allowed: [{ ...PLAIN, ...OPEN, for: 'task', reason: 'our own', allowedBy: { name: 'ada' } }],
  })
  // in its own run the agent reaches nothing all the same, and asks nobody
  expect(ready.attempts[1]?.refusals.map(({ rule }) => rule)).toEqual(['network.none', 'network.none'])

  const other = await server.submit({ model: 'work' })
  expect((await server.reaches(other.number, 'failed')).cause?.code).toBe('setup_failed')

  expect((await journey.airlock('widen', '1', `${HOST}:80`, '--revoke')).exit).toBe(0)
  given(await server.client.retry(task.id, ''))
  const again = await server.reaches(task.number, 'failed')
  expect(again.egress).toMatchObject({ requests: [{ times: 2, open: true }], allowed: [] })
  expect(asked).toHaveLength(1)
  expect(await wordsAbout(task.id)).toEqual([
    ['egress.allowed', { target: `http://${HOST}:80`, reason: { erasable: expect.any(String) }, ...OPEN }],
    ['egress.revoked', { target: `http://${HOST}:80` }],
  ])
  expect((await server.auditLog()).ok).toBe(true)
})

test('a developer may not, and nobody may allow an address, this machine, or bounds on what cannot be seen', async () => {
  const task = await server.submit({ model: 'work' })
  await server.reaches(task.number, 'failed')
  const dev = { name: 'Dev', email: 'dev@example.org', role: 'developer' as const }
  const { token } = given(await server.client.addPerson(dev))
  const wish = { host: HOST, reason: '' }
  for (const refused of [
    await server.as(token).widenTask(task.id, wish),
    await server.as(token).narrowTask(task.id, wish),
    await server.as(token).widenProject(task.project, wish),
  ])
    expect(refusal(refused)).toMatchObject({ code: 'permission_denied', rule: 'role' })
  for (const host of [
    '127.0.0.1',
    '0x7f.1',
    '2130706433',
    '[::1]',
    'localhost',
    'a.localhost',
    '169.254.169.254',
  ])
    expect(refusal(await server.client.widenTask(task.id, { ...wish, host })).code, host).toBe(
      'invalid_input',
    )
  expect(refusal(await server.client.widenTask(task.id, { ...wish, paths: ['/x'] })).message).toContain('TLS')
  expect(refusal(await server.client.narrowTask(task.id, { host: HOST })).code).toBe('not_found')
  expect(given(await server.client.taskEgress(task.id)).allowed).toEqual([])
})

test('a host that airlock.yaml names waits for a word about the project, and both bounds hold', async () => {
  journey.commit({ 'airlock.yaml': yaml(`egress: [{ host: ${HOST}, port: 80, paths: [/npm/] }]`) })
  const task = await server.submit({ model: 'work' })
  const failed = await server.reaches(task.number, 'failed')
  expect(failed.egress?.requests).toMatchObject([
    { host: HOST, origin: 'project', times: 0, open: true },
    { host: HOST, origin: 'setup', path: '/npm/thing', open: true },
  ])
  const project = given(await server.client.projects()).items[0]?.name ?? ''
  const listed = await journey.airlock('project', 'egress', 'list', project)
  expect(listed.out).toContain(`airlock project egress allow ${project} ${HOST}:80`)

  given(await server.client.widenProject(project, { ...PLAIN, paths: ['/pypi/**'], reason: '' }))
  given(await server.client.retry(task.id, ''))
  expect((await server.reaches(task.number, 'failed')).attempts[1]?.cause).toMatchObject({
    code: 'setup_failed',
    remedy: expect.stringContaining('airlock widen'),
  })
  expect((await journey.airlock('project', 'egress', 'allow', project, `${HOST}:80`)).exit).toBe(0)
  given(await server.client.retry(task.id, ''))
  expect(
    (await server.reaches(task.number, 'awaiting_review')).egress?.requests.map(({ open }) => open),
  ).toEqual([false, false])
  given(await server.client.narrowProject(project, PLAIN))
  expect(given(await server.client.projectEgress(project))).toMatchObject({
    requests: [{ host: HOST, origin: 'project', open: true }],
    allowed: [],
  })
})

/** Action and data of what the audit log says about the network of a task. */
async function wordsAbout(task: string): Promise<unknown[]> {
  const { items } = given(await server.client.auditEntries({ limit: 100 }))
  return items
    .map(({ entry }) => JSON.parse(entry))
    .filter(({ subject, action }) => subject === task && action.startsWith('egress.'))
    .map(({ action, data }) => [action, data])
    .reverse()
}
