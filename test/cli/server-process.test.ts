import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { readServerRecord, writeServerRecord } from '#cli/server-record.ts'
import { temporaryDirectory } from '../support/git-fixture.ts'
import { aDesk, type Desk } from './desk.ts'

let desk: Desk

afterEach(() => desk.close())

/** What `node main.ts serve` is to the CLI: something that leaves a record and answers. */
const SERVER = `
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
const secret = 's'.repeat(32)
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  const challenge = String(request.headers['airlock-challenge'])
  const proof = createHmac('sha256', secret).update('airlock server\\n' + challenge).digest('hex')
  response.end(request.url === '/health' ? JSON.stringify({ proof }) : '{"items":[]}')
})
server.listen(0, '127.0.0.1', () => {
  const url = 'http://127.0.0.1:' + server.address().port
  const record = { url, pid: process.pid, version: '0.1.0', startedAt: new Date().toISOString(), secret }
  writeFileSync(join(process.env.AIRLOCK_HOME, 'server.json'), JSON.stringify(record))
})
setTimeout(() => process.exit(1), 20_000)
`

async function deskWith(program: string): Promise<void> {
  desk = await aDesk()
  await desk.server.close()
  const mainFile = join(temporaryDirectory(), 'main.mjs')
  await writeFile(mainFile, program)
  desk.with({ mainFile, environment: { AIRLOCK_HOME: desk.dataDirectory }, clock: () => performance.now() })
}

test('a command starts a server that outlives it, the next one uses it, and down stops it', async () => {
  await deskWith(SERVER)
  const first = await desk.type('project', 'list')
  expect([first.exit, first.err.includes('The server runs at')]).toEqual([0, true])
  const record = await readServerRecord(desk.dataDirectory)
  const second = await desk.type('project', 'list')
  expect([second.exit, second.err]).toEqual([0, ''])
  expect((await desk.type('down')).out).toBe('The server has stopped.')
  expect(() => process.kill(record?.pid ?? 0, 0)).toThrow('ESRCH')
  expect((await desk.type('down')).out).toBe('No server runs.')
})

test('a server that dies while starting is quoted with its last words', async () => {
  await deskWith(`console.error('the port is \\u001b[31mtaken'); process.exit(3)`)
  const { err, exit } = await desk.type('project', 'list')
  expect(exit).toBe(12)
  expect(err).toContain('exit code 3')
  expect(err).toContain('the port is \\x1b[31mtaken')
})

test('a record left by a server that was killed is not believed', async () => {
  await deskWith(SERVER)
  const { err, exit } = await desk.type('status')
  expect([exit, err.includes('airlock up')]).toEqual([12, true])
})

test('a port that somebody else took after the server was killed is told nothing', async () => {
  desk = await aDesk()
  const heard: unknown[] = []
  const squatter = createServer((request, response) => {
    heard.push([request.url, request.headers.authorization])
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ status: 'ok', version: '0.1.0', proof: '0'.repeat(64), items: [] }))
  }).listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  const { port } = squatter.address() as AddressInfo
  const secret = 's'.repeat(32)
  await writeServerRecord(desk.dataDirectory, {
    ...{ url: `http://127.0.0.1:${port}`, pid: process.pid, version: '0.1.0', secret },
    startedAt: '2026-01-31T12:00:00.000Z',
  })
  const { exit, err } = await desk.type('--no-start', 'tasks')
  squatter.close()
  expect([exit, err.includes('No Airlock server runs')]).toEqual([12, true])
  expect(heard).toEqual([['/health', undefined]])
})
