import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { SCRIPT_KEY, type ScriptedProvider } from '../support/providers/scripted-provider.ts'
import { type Answer, ask, BUDGET, openTestLane, type TestLane } from './open-test-lane.ts'

const CALL = { model: 'claude-opus-4-8', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }
const STREAM = { ...CALL, stream: true }
const RESERVED = expect.stringContaining('charged as reserved')

let lane: TestLane
afterEach(() => lane.close())

describe('a provider that is not even a web server', () => {
  let server: Server
  let sockets: Socket[]
  const answering = async (reply: (socket: Socket) => void) => {
    sockets = []
    server = createServer((socket) => {
      sockets.push(socket.on('error', () => undefined))
      socket.once('data', () => reply(socket))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    lane = await openTestLane(
      'anthropic',
      `http://127.0.0.1:${port}`,
      {},
      { upstreamTimeouts: { body: 500 } },
    )
  }
  afterEach(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  test.each<[string, string]>([
    ['bytes without sense', '\x16\x03\x01\0\0\0'],
    ['a status line alone', 'HTTP/1.1 200 OK\r\n'],
    ['headers without an end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
    ],
    ['nothing but an end', ''],
  ])('%s is a 502 in the envelope', async (_, bytes) => {
    await answering((socket) => socket.end(bytes, 'latin1'))
    const answer = await ask(lane, '/v1/messages', CALL)
    expect([answer.status, JSON.parse(answer.text).error.type]).toEqual([502, 'api_error'])
    expect(lane.calls).toMatchObject([{ status: 502, note: RESERVED }])
  })

  const events = { 'content-type': 'text/event-stream' }
  test.each<[string, string, Record<string, string>]>([
    ['ends in the middle of a piece', 'transfer-encoding: chunked\r\n\r\nff\r\ndata: {}', events],
    ['says less than it announced', 'content-length: 1000\r\n\r\ndata: {}\n\n', events],
    ['sends a piece of no size', 'transfer-encoding: chunked\r\n\r\nzz\r\ndata', events],
  ])('a stream that %s reaches the agent as cut', async (_, rest, headers) => {
    const type = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    await answering((socket) => socket.end(`HTTP/1.1 200 OK\r\n${type.join('')}${rest}`))
    const answer = await ask(lane, '/v1/messages', STREAM)
    expect([answer.status, answer.whole]).toEqual([200, false])
    expect(lane.calls).toMatchObject([{ status: 200, note: RESERVED }])
  })

  test('a stream that falls silent is cut, and one that drips goes on', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'
    await answering((socket) => socket.write(`${head}1\r\n:\r\n`))
    expect((await ask(lane, '/v1/messages', STREAM)).whole).toBe(false)
    await lane.close()
    server.close()
    await answering(async (socket) => {
      socket.write(head)
      for (let at = 0; at < 8; at++) {
        socket.write('1\r\n:\r\n')
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      socket.write('0\r\n\r\n')
    })
    expect(await ask(lane, '/v1/messages', STREAM)).toMatchObject({ whole: true, text: '::::::::' })
  })
})

describe('an agent that misbehaves on the wire', () => {
  let provider: ScriptedProvider
  beforeEach(async () => {
    provider = await startAnthropic()
    lane = await openTestLane('anthropic', provider.url)
  })
  afterEach(() => provider.close())

  const raw = async (bytes: string): Promise<string> => {
    const socket = connect(join(lane.directory, 'model.sock')).on('error', () => undefined)
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.end(bytes)
    await once(socket, 'close')
    return Buffer.concat(chunks).toString()
  }
  const body = JSON.stringify(CALL)

  test.each<[string, string]>([
    ['two lengths', `Content-Length: ${body.length}\r\nContent-Length: 5\r\n`],
    ['a length and pieces', `Content-Length: ${body.length}\r\nTransfer-Encoding: chunked\r\n`],
    ['pieces that are none', 'Transfer-Encoding: chunked, identity\r\n'],
    ['a folded header', 'X: a\r\n b\r\n'],
    ['a length with a sign', 'Content-Length: +5\r\n'],
  ])('%s never reach the provider', async (_, headers) => {
    const answer = await raw(`POST /v1/messages HTTP/1.1\r\nHost: g\r\n${headers}\r\n${body}`)
    expect(answer).toMatch(/^(HTTP\/1.1 400|$)/)
    expect(provider.seen).toEqual([])
  })

  test('a request hidden in the body of another is part of that body', async () => {
    provider.script({ text: 'ok' }, { text: 'hidden' })
    const hidden = 'POST /v1/files HTTP/1.1\r\nHost: g\r\n\r\n'
    const text = JSON.stringify({ ...CALL, system: hidden })
    await raw(`POST /v1/messages HTTP/1.1\r\nHost: g\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
    expect(provider.seen.map((seen) => [seen.url, seen.text])).toEqual([['/v1/messages', text]])
  })

  test('one that does not read holds the provider back, and what waits is bounded', async () => {
    const piece = `: ${'x'.repeat(64 * 1024)}\n\n`
    let sent = 0
    const held = new Promise<void>((resolve) =>
      provider.script({
        raw: (_, res) => {
          res.writeHead(200, { 'content-type': 'text/event-stream' })
          const more = () => {
            for (; sent < 4_000; sent++) if (!res.write(piece)) return void res.once('drain', more)
          }
          more()
          const look = setInterval(() => {
            if (res.writableLength === 0) return
            clearInterval(look)
            setTimeout(resolve, 300)
          }, 50)
          res.on('close', () => clearInterval(look))
        },
      }),
    )
    const socket = connect(join(lane.directory, 'model.sock')).on('error', () => undefined)
    const text = JSON.stringify(STREAM)
    socket.write(`POST /v1/messages HTTP/1.1\r\nHost: g\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
    await held
    expect(sent).toBeLessThan(400) // of 4,000; what the kernel's buffers take is not ours
    socket.destroy()
    await expect.poll(() => lane.calls).toMatchObject([{ status: 200, note: RESERVED }])
  })
})

describe('lanes', () => {
  let provider: ScriptedProvider
  beforeEach(async () => {
    provider = await startAnthropic()
    lane = await openTestLane('anthropic', provider.url)
  })
  afterEach(() => provider.close())

  test('whoever asks in a lane is that attempt, whatever token it shows, and pays there', async () => {
    const other = await openTestLane('anthropic', provider.url, {
      attempt: 'att_2',
      budget: { ...BUDGET, requests: 0 },
    })
    provider.script({ text: 'ok' })
    const mine = await ask(lane, '/v1/messages', CALL, {
      authorization: 'Bearer att_2',
      'x-api-key': 'att_2',
    })
    const theirs = await ask(other, '/v1/messages', CALL, {
      authorization: 'Bearer att_1',
      'x-api-key': SCRIPT_KEY,
    })
    expect([mine.status, theirs.status]).toEqual([200, 402])
    expect([lane.open.spent().requests, other.open.spent().requests]).toEqual([1, 0])
    expect(provider.seen).toHaveLength(1)
    await other.close()
  })

  test('a gateway that comes back finds the place of one that died, and goes on counting', async () => {
    provider.script({ text: 'before' }, { raw: () => undefined }, { text: 'after' })
    expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
    const spent = lane.open.spent()
    const cut: Promise<Answer | Error> = ask(lane, '/v1/messages', CALL).catch((error: Error) => error)
    await expect.poll(() => provider.seen.length).toBe(2)
    const back = await openTestLane('anthropic', provider.url, { directory: lane.directory, spent })
    expect(existsSync(join(lane.directory, 'model.sock'))).toBe(true)
    expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
    expect(back.open.spent()).toMatchObject({ requests: 2, outputTokens: 2 * spent.outputTokens })
    await lane.open.close() // of the one that is gone: its calls are settled, not answered
    expect(await cut).toBeInstanceOf(Error)
    expect(lane.calls.at(-1)).toMatchObject({ note: RESERVED })
    await back.close()
  })
})
