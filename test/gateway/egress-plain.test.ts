import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { EgressRule, routeOf } from '#contract/egress.ts'
import { parsePlainTarget } from '#gateway/egress/plain-target.ts'
import type { EgressLimits, Internet } from '#gateway/egress/proxy.ts'
import { openTestLane, type TestLane } from './open-test-lane.ts'

const HOST = 'mirror.example.org'
const PUBLIC = '104.16.0.35'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let server: Server
let lane: TestLane
let seen: Seen[] = []
let dialed: string[] = []
let answers: string[] = [PUBLIC]
let port = 0

/** A world with one host in it, which speaks plain HTTP on loopback. */
const world: Internet = {
  resolve: async () => answers,
  mayReach: (address) => address === PUBLIC,
  dial(address, to) {
    dialed.push(`${address}:${to}`)
    return connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  },
}

beforeAll(async () => {
  server = createServer(async (req, res) => {
    seen.push({ method: req.method, url: req.url, headers: req.headers, body: await text(req) })
    if (req.url === '/npm/elsewhere') return res.writeHead(302, { location: 'http://other.example/' }).end()
    if (req.url === '/npm/large') return res.end(Buffer.alloc(100_000))
    res
      .setHeader('Keep-Alive', 'timeout=5')
      .setHeader('X-Private', 'hop')
      .setHeader('Connection', 'X-Private')
    res.end(`here is ${req.url}`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => void server.close())
beforeEach(() => {
  port = (server.address() as AddressInfo).port
  seen = []
  dialed = []
  answers = [PUBLIC]
})
afterEach(() => lane.close())

async function open(rules: object[], egressLimits: Partial<EgressLimits> = {}) {
  const routes = rules.map((rule) => routeOf(EgressRule.parse(rule)))
  const opened = { egress: [], routes, widenCommand: 'airlock widen 3' }
  lane = await openTestLane('anthropic', 'http://127.0.0.1:9', opened, { internet: world, egressLimits })
}

/** Sends bytes as they are and returns all that comes back. */
async function say(bytes: string): Promise<string> {
  const socket = connect(join(lane.directory, 'egress.sock')).on('error', () => undefined)
  const answer = text(socket).catch(() => 'broken off')
  socket.write(bytes)
  return answer
}

const get = (url: string, host = HOST, more = '', method = 'GET') =>
  say(`${method} ${url} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`)

const RULE = { host: HOST, port: 80, paths: ['/npm/**'] }

test('a request that a rule names is passed on and answered, both written anew', async () => {
  await open([RULE])
  const more =
    'Proxy-Authorization: Basic eA==\r\nTE: trailers\r\nConnection: X-Mine\r\nX-Mine: 1\r\nAccept: a/b\r\n'
  const answer = await get(`http://${HOST}/npm/@scope%2fname?a=1`, HOST, more)
  expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  expect(answer).toContain('here is /npm/@scope%2fname?a=1')
  expect(answer).not.toMatch(/x-private|timeout=5/i)
  expect(seen).toEqual([
    {
      method: 'GET',
      url: '/npm/@scope%2fname?a=1',
      headers: { host: HOST, connection: 'close', accept: 'a/b' },
      body: '',
    },
  ])
  expect([dialed, lane.refusals]).toEqual([[`${PUBLIC}:80`], []])
})

test('a redirect is an answer, and nobody follows it', async () => {
  await open([RULE])
  expect(await get(`http://${HOST}/npm/elsewhere`)).toMatch(
    /^HTTP\/1.1 302 [\s\S]*location: http:\/\/other.example/i,
  )
  expect(dialed).toHaveLength(1)
})

test('a body goes on where the rule has a method for it', async () => {
  await open([{ ...RULE, methods: ['POST'] }])
  const body = 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n'
  expect(await get(`http://${HOST}/npm/audit`, HOST, body, 'POST')).toMatch(/^HTTP\/1.1 200 /)
  expect(seen).toMatchObject([{ method: 'POST', body: 'hello' }])
})

test.each([
  ['another path', `http://${HOST}/other/x`, '', 'network.request'],
  ['the parent of the path, hidden', `http://${HOST}/npm/..%2fother`, '', 'network.malformed'],
  ['the parent of the path, encoded', `http://${HOST}/npm/%2e%2e/other`, '', 'network.malformed'],
  [
    'the parent of the path, for servers with parameters',
    `http://${HOST}/npm/..;a/other`,
    '',
    'network.malformed',
  ],
  ['a path encoded twice', `http://${HOST}/npm/%252e%252e/other`, '', 'network.malformed'],
  ['a doubled slash', `http://${HOST}//npm/x`, '', 'network.malformed'],
  ['a backslash', `http://${HOST}/npm\\x`, '', 'network.malformed'],
  ['dots and a space', `http://${HOST}/npm/..%20/other`, '', 'network.malformed'],
  ['wide dots', `http://${HOST}/npm/%ef%bc%8e%ef%bc%8e/other`, '', 'network.malformed'],
  ['a wide slash and dots', `http://${HOST}/npm/x%ef%bc%8f..%ef%bc%8fother`, '', 'network.malformed'],
  ['another path aside', `http://${HOST}/npm/x`, 'X-Original-URL: /other\r\n', 'network.malformed'],
  ['another path, for CGI', `http://${HOST}/npm/x`, 'X_Rewrite_Url: /other\r\n', 'network.malformed'],
  ['another method aside', `http://${HOST}/npm/x`, 'X-HTTP-Method-Override: PUT\r\n', 'network.malformed'],
  ['another host aside', `http://${HOST}/npm/x`, 'X-Forwarded-Host: other.example\r\n', 'network.malformed'],
  ['a user', `http://user@${HOST}/npm/x`, '', 'network.malformed'],
  ['another port', `http://${HOST}:81/npm/x`, '', 'network.plain-http'],
  ['another host', 'http://other.example/npm/x', '', 'network.plain-http'],
  ['an address', `http://${PUBLIC}/npm/x`, '', 'network.address-literal'],
  ['the metadata service', 'http://169.254.169.254/npm/x', '', 'network.address-literal'],
  ['an origin form', '/npm/x', '', 'network.malformed'],
  ['another scheme', `https://${HOST}/npm/x`, '', 'network.malformed'],
  ['a second Host', `http://${HOST}/npm/x`, 'Host: other.example\r\n', 'network.malformed'],
  ['a body with GET', `http://${HOST}/npm/x`, 'Content-Length: 5\r\n\r\nhello', 'network.malformed'],
  ['a credential', `http://${HOST}/npm/x`, 'Authorization: Bearer x\r\n', 'network.credentials-in-clear'],
  ['a cookie', `http://${HOST}/npm/x`, 'Cookie: a=b\r\n', 'network.credentials-in-clear'],
])('%s is refused before anything is dialled', async (_, url, more, rule) => {
  await open([RULE])
  expect(await get(url, HOST, more)).toMatch(/^HTTP\/1.1 40[03] /)
  expect([lane.refusals.map((refusal) => refusal.rule), dialed]).toEqual([[rule], []])
})

test('a Host that is not the address, and a method without a rule, are refused', async () => {
  await open([RULE])
  await get(`http://${HOST}/npm/x`, 'other.example')
  await get(`http://${HOST}/npm/x`, HOST, '', 'DELETE')
  await get(`http://${HOST}/npm/x`, HOST, 'Content-Length: 1\r\n\r\nx', 'POST')
  expect(lane.refusals.map((refusal) => refusal.rule)).toEqual([
    'network.malformed',
    'network.request',
    'network.request',
  ])
  expect(dialed).toEqual([])
})

test.each([['127.0.0.1'], [PUBLIC, '10.0.0.1']])('a name that leads to %s %s is refused', async (...to) => {
  await open([RULE])
  answers = to.filter((each) => each !== undefined)
  expect(await get(`http://${HOST}/npm/x`)).toContain('network.private-address')
  expect(dialed).toEqual([])
})

test('a rule for plain HTTP opens no tunnel, and a rule for TLS passes no plain HTTP', async () => {
  await open([RULE, { host: 'tls.example.org' }])
  expect(await say(`CONNECT ${HOST}:80 HTTP/1.1\r\n\r\n`)).toContain('network.not-allowed')
  expect(await get('http://tls.example.org/', 'tls.example.org')).toContain('network.plain-http')
  expect(dialed).toEqual([])
})

test('without rules nothing is reached by plain HTTP either, and a refusal says what a person types', async () => {
  await open([])
  const body = JSON.parse((await get(`http://${HOST}/npm/x?secret=1`)).split('\r\n\r\n')[1] ?? '')
  const asked = { scheme: 'http', host: HOST, port: 80, method: 'GET', path: '/npm/x' }
  expect(body).toEqual({
    rule: 'network.none',
    reason: 'There is no network in this phase.',
    remedy: expect.stringContaining(`airlock widen 3 ${HOST}:80`),
    asked,
  })
  expect(lane.events).toEqual([expect.objectContaining({ kind: 'refusal', asked })])
  await get('http://intranet/')
  await get(`http://${HOST}:8080/`, `${HOST}:8080`)
  expect(lane.events.slice(1).map((event) => 'asked' in event)).toEqual([false, false])
  expect(dialed).toEqual([])
})

test('an answer beyond the allowance of the lane is cut, and a request beyond it is not passed on', async () => {
  await open([{ ...RULE, methods: ['GET', 'POST'] }], { received: 50_000, sent: 2_000 })
  expect((await get(`http://${HOST}/npm/large`)).length).toBeLessThan(70_000)
  await get(`http://${HOST}/npm/x`)
  expect(lane.refusals.map((refusal) => refusal.rule)).toEqual(['network.limit', 'network.limit'])
  await lane.close()
  await open([{ ...RULE, methods: ['POST'] }], { sent: 2_000 })
  const body = `Content-Length: 5000\r\n\r\n${'x'.repeat(5_000)}`
  expect(await get(`http://${HOST}/npm/x`, HOST, body, 'POST')).toContain('network.limit')
})

test.each([
  ['no HTTP', 'SSH-2.0-x\r\n'],
  ['another protocol', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
  ['no status there is', 'HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a header without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
])('a host that answers with %s is a 502', async (_, bytes) => {
  const strange = createTcpServer((socket) => socket.on('error', () => undefined).end(bytes))
  await once(strange.listen(0, '127.0.0.1'), 'listening')
  await open([RULE])
  port = (strange.address() as AddressInfo).port
  expect(await get(`http://${HOST}/npm/x`)).toMatch(/^HTTP\/1.1 502 /)
  strange.close()
})

test('whatever is read as an address is in its one spelling', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.webUrl({ validSchemes: ['http'], withQueryParameters: true })),
      (url) => {
        const target = parsePlainTarget(url)
        if (target.kind !== 'plain') return
        const { host, port: to, path } = target
        expect(parsePlainTarget(`http://${host}:${to}${path}`)).toEqual(target)
        const read = new URL(`http://${host}:${to}${path}`)
        expect([read.hostname, read.pathname]).toEqual([host, path.split('?')[0]])
      },
    ),
    { numRuns: 2_000 },
  )
})
