import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls, createServer, type Server } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { EgressPreset } from '#contract/project-file.ts'
import type { EgressLimits, Internet } from '#gateway/egress/proxy.ts'
import { openTestLane, type TestLane } from './open-test-lane.ts'

const HOST = 'registry.npmjs.org'
const PUBLIC = '104.16.0.35'

let server: Server
let lane: TestLane
let dialed: string[] = []
let answers: string[] = [PUBLIC]
const sockets = new Set<Socket>()

/** A world with one host in it: names lead where the test says, and every address is the server of this file. */
const world: Internet = {
  resolve: async () => answers,
  mayReach: (address) => address === PUBLIC,
  dial(address, port) {
    dialed.push(`${address}:${port}`)
    return connectTcp({
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      allowHalfOpen: true,
    })
  },
}

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'airlock-certificate-'))
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(directory, name)) as [string, string]
  const names = [
    '-subj',
    `/CN=${HOST}`,
    '-days',
    '2',
    '-nodes',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
  ]
  execFileSync('openssl', ['req', '-x509', ...names, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    socket.on('error', () => undefined).on('data', (data) => void socket.write(`echo ${data}`))
  })
  rmSync(directory, { recursive: true })
  server.on('connection', (socket) => sockets.add(socket)).on('tlsClientError', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})
afterEach(() => lane.close())

async function open(egress: EgressPreset[], egressLimits: Partial<EgressLimits> = {}) {
  dialed = []
  answers = [PUBLIC]
  lane = await openTestLane('anthropic', 'http://127.0.0.1:9', { egress }, { internet: world, egressLimits })
}

interface Opened {
  readonly status: number
  readonly reason: string
  readonly body: string
  readonly socket: Socket
}

function connect(target: string): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath: join(lane.directory, 'egress.sock'), method: 'CONNECT', path: target })
    req.on('error', reject)
    req.on('connect', async (res, socket: Socket, head) => {
      const opened = { status: res.statusCode ?? 0, reason: res.statusMessage ?? '', socket }
      if (opened.status === 200) return resolve({ ...opened, body: '' })
      const chunks: Buffer[] = [head]
      socket.on('error', () => undefined).on('data', (chunk: Buffer) => chunks.push(chunk))
      socket.on('close', () => resolve({ ...opened, body: Buffer.concat(chunks).toString() }))
    })
    req.end()
  })
}

/** Sends bytes as they are and returns all that comes back. */
async function say(bytes: string): Promise<string> {
  const socket = connectTcp(join(lane.directory, 'egress.sock')).on('error', () => undefined)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.write(bytes)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}

function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) =>
    socket
      .on('error', () => undefined)
      .on('close', resolve)
      .resume(),
  )
}

test('an allowed registry is reached by TLS, at the address that was checked', async () => {
  await open(['npm'])
  const { status, socket } = await connect(`${HOST.toUpperCase()}:443`)
  expect(status).toBe(200)
  const tls = connectTls({ socket, servername: HOST, rejectUnauthorized: false })
  await once(tls, 'secureConnect')
  tls.write('hello')
  expect(String((await once(tls, 'data'))[0])).toBe('echo hello')
  tls.destroy()
  expect([dialed, lane.refusals]).toEqual([[`${PUBLIC}:443`], []])
})

test('without presets nothing is reached, and the status line says why', async () => {
  await open([])
  const { status, reason, body } = await connect(`${HOST}:443`)
  expect([status, reason]).toEqual([403, 'Airlock: There is no network in this phase. (network.none)'])
  expect(JSON.parse(body)).toEqual({
    rule: 'network.none',
    reason: 'There is no network in this phase.',
    remedy: expect.stringContaining('airlock.yaml'),
  })
  expect(lane.refusals).toEqual([
    expect.objectContaining({ boundary: 'network', rule: 'network.none', what: `${HOST}:443` }),
  ])
  expect(dialed).toEqual([])
})

test.each([
  ['attacker.example:443', 403, 'network.not-allowed'],
  [`${HOST}:22`, 403, 'network.not-allowed'],
  [`${HOST}:80`, 403, 'network.not-allowed'],
  [`x.${HOST}:443`, 403, 'network.not-allowed'],
  [`${HOST}.attacker.example:443`, 403, 'network.not-allowed'],
  ['localhost:443', 403, 'network.not-allowed'],
  ['pypi.org:443', 403, 'network.not-allowed'],
  [`${PUBLIC}:443`, 403, 'network.address-literal'],
  ['[::1]:443', 403, 'network.address-literal'],
  ['169.254.169.254:80', 403, 'network.address-literal'],
  ['2130706433:443', 403, 'network.address-literal'],
  [`${HOST}.:443`, 400, 'network.malformed'],
  [`user@${HOST}:443`, 400, 'network.malformed'],
  [HOST, 400, 'network.malformed'],
])('CONNECT %s is answered %s by %s', async (target, status, rule) => {
  await open(['npm'])
  const opened = await connect(target)
  expect([
    opened.status,
    JSON.parse(opened.body).rule,
    lane.refusals.map((each) => each.rule),
    dialed,
  ]).toEqual([status, rule, [rule], []])
})

test.each([['127.0.0.1'], [PUBLIC, '10.0.0.1'], ['::ffff:127.0.0.1']])(
  'an allowed name that leads to %s %s is refused',
  async (...addresses) => {
    await open(['npm'])
    answers = addresses.filter((each) => each !== undefined)
    expect(JSON.parse((await connect(`${HOST}:443`)).body).rule).toBe('network.private-address')
    expect(dialed).toEqual([])
  },
)

test('a name that leads nowhere is a 502', async () => {
  await open(['npm'])
  answers = []
  expect((await connect(`${HOST}:443`)).status).toBe(502)
})

test('plain HTTP, an origin request, NUL and a second request after a denial get nothing', async () => {
  await open(['npm'])
  expect(await say(`GET http://${HOST}/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)).toMatch(
    /^HTTP\/1.1 403 .*plain-http/,
  )
  expect(await say('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
  expect(await say(`CONNECT ${HOST}\0:443 HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /)
  const twice = await say(
    `CONNECT a.example:443 HTTP/1.1\r\nHost: ${HOST}\r\n\r\nCONNECT ${HOST}:443 HTTP/1.1\r\n\r\n`,
  )
  expect(twice.match(/HTTP\/1.1/g)).toHaveLength(1)
  expect(lane.refusals.map(({ rule }) => rule)).toEqual([
    'network.plain-http',
    'network.malformed',
    'network.malformed',
    'network.not-allowed',
  ])
  expect(dialed).toEqual([])
})

test.each([
  ['another host', 'other.example', 'other.example'],
  ['no name', undefined, 'no name'],
])(
  'a tunnel whose TLS greeting names %s is cut before a byte reaches the host',
  async (_, servername, said) => {
    await open(['npm'])
    const { socket } = await connect(`${HOST}:443`)
    const tls = connectTls({ socket, rejectUnauthorized: false, ...(servername ? { servername } : {}) })
    const [error] = await once(tls, 'error')
    expect(String(error)).toMatch(/unrecognized name|alert/i)
    expect(lane.refusals).toMatchObject([
      { rule: 'network.server-name', reason: expect.stringContaining(said) },
    ])
  },
)

test.each([
  ['speech that is not TLS', 'GET / HTTP/1.1\r\n\r\n'],
  ['silence', ''],
])('%s in a tunnel is cut', async (_, bytes) => {
  await open(['npm'], { hello: 100 })
  const { socket } = await connect(`${HOST}:443`)
  socket.on('error', () => undefined)
  if (bytes) socket.write(bytes)
  await closed(socket)
  expect(lane.refusals).toMatchObject([{ rule: 'network.server-name' }])
})

test('a lane that has sent its share is cut, and opens no further tunnel', async () => {
  await open(['npm'], { sent: 5_000 })
  const { socket } = await connect(`${HOST}:443`)
  const tls = connectTls({ socket, servername: HOST, rejectUnauthorized: false }).on('error', () => undefined)
  await once(tls, 'secureConnect')
  tls.write(Buffer.alloc(50_000))
  await closed(tls)
  expect((await connect(`${HOST}:443`)).status).toBe(403)
  expect(lane.refusals.map(({ rule }) => rule)).toEqual(['network.limit', 'network.limit'])
})

test('an idle tunnel is closed, and closing the lane closes the rest', async () => {
  await open(['npm'], { idle: 150 })
  const { socket } = await connect(`${HOST}:443`)
  const tls = connectTls({ socket, servername: HOST, rejectUnauthorized: false }).on('error', () => undefined)
  await once(tls, 'secureConnect')
  await closed(tls)
  const other = await connect(`${HOST}:443`)
  other.socket.on('error', () => undefined)
  await Promise.all([closed(other.socket), lane.open.close()])
})
