import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NOTHING_SPENT } from '#contract/budget.ts'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { startOpenaiChat } from '../support/providers/openai-chat.ts'
import { SCRIPT_KEY, type ScriptedProvider, sse, type Turn } from '../support/providers/scripted-provider.ts'
import { ask, BUDGET, openTestLane, type TestLane } from './open-test-lane.ts'

let provider: ScriptedProvider
let lane: TestLane

beforeEach(async () => {
  provider = await startAnthropic()
  lane = await openTestLane('anthropic', provider.url)
})
afterEach(async () => {
  await lane.close()
  await provider.close()
})

const CALL = { model: 'claude-opus-4-8', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }
const STREAM = { ...CALL, stream: true }
const RESERVED = 'The provider did not say what this call used; charged as reserved.'
/** Input of 89 bytes at a third of a token each as if written to a cache, output 100: 6.25 and 25 dollars per million. */
const ESTIMATE = {
  microDollars: 2_688,
  inputTokens: 30,
  cachedInputTokens: 0,
  outputTokens: 100,
  requests: 1,
}

function raw(status: number, type: string, body: string | Buffer, headers: object = {}): Turn {
  return { raw: (_, res) => void res.writeHead(status, { 'content-type': type, ...headers }).end(body) }
}

test('the body goes on as it came, and of the headers what is known to be harmless', async () => {
  provider.script({ text: 'ok' })
  const text = `{ "max_tokens":1e2,"big":12345678901234567890, "model":"claude-opus-4-8","future":{"x":[1,2]} }`
  const headers = {
    authorization: 'Bearer stolen',
    'x-api-key': 'stolen',
    cookie: 'a=b',
    'openai-organization': 'org',
    'x-forwarded-for': '10.0.0.1',
    connection: 'close, x-hop',
    'x-hop': '1',
    'anthropic-beta': 'some-beta',
    'x-stainless-lang': 'js',
    'x-codex-turn-metadata': '{}',
    'content-type': 'text/plain',
    'x-portkey-custom-host': 'https://attacker.example',
    'helicone-target-url': 'https://attacker.example',
    'x-anthropic-account': 'other',
    'accept-encoding': 'gzip',
  }
  expect((await ask(lane, '/v1/messages?beta=true', text, headers)).status).toBe(200)
  const seen = provider.seen[0]
  expect([seen?.url, seen?.text]).toEqual(['/v1/messages?beta=true', text])
  const { host, connection, ...rest } = seen?.headers ?? {}
  expect(rest).toEqual({
    'content-type': 'application/json',
    'anthropic-beta': 'some-beta',
    'x-stainless-lang': 'js',
    'x-codex-turn-metadata': '{}',
    'accept-encoding': 'identity',
    'x-api-key': SCRIPT_KEY,
    'content-length': String(text.length),
  })
})

test.each([400, 404, 429, 500, 529])(
  "a provider's own %s passes through and costs a request only",
  async (status) => {
    const body = JSON.stringify({ type: 'error', error: { type: 'some_error', message: 'no' } })
    provider.script(raw(status, 'application/json', body, { 'retry-after': '7' }))
    const answer = await ask(lane, '/v1/messages', CALL)
    expect([answer.status, answer.text, answer.headers['retry-after']]).toEqual([status, body, '7'])
    expect(lane.calls).toMatchObject([{ status, spend: { ...NOTHING_SPENT, requests: 1 } }])
  },
)

test('an error page in another language is put into the envelope, without the key it echoes', async () => {
  provider.script(raw(503, 'text/html', `<h1>bad key ${SCRIPT_KEY}</h1>`))
  const answer = await ask(lane, '/v1/messages', CALL)
  expect(JSON.parse(answer.text)).toEqual({
    type: 'error',
    error: {
      type: 'api_error',
      message: `The provider answered 503: <h1>bad key ${'*'.repeat(SCRIPT_KEY.length)}</h1>`,
    },
  })
})

test('the key is masked wherever a provider echoes it: header, error, stream, compressed', async () => {
  const echo = JSON.stringify({ error: { message: `key ${SCRIPT_KEY}` } })
  const half = SCRIPT_KEY.length / 2
  provider.script(
    raw(401, 'application/json', echo, {
      'x-echo': SCRIPT_KEY,
      'set-cookie': SCRIPT_KEY,
      location: SCRIPT_KEY,
    }),
    raw(200, 'application/json', gzipSync(echo), { 'content-encoding': 'gzip' }),
    {
      raw: (_, res) => {
        res
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .write(`data: ${SCRIPT_KEY.slice(0, half)}`)
        setTimeout(() => res.end(`${SCRIPT_KEY.slice(half)}\n\n`), 20)
      },
    },
  )
  for (const body of [CALL, CALL, STREAM]) {
    const answer = await ask(lane, '/v1/messages', body)
    const all = JSON.stringify(answer)
    expect(all).not.toContain(SCRIPT_KEY)
    expect(all).toContain('*'.repeat(SCRIPT_KEY.length))
  }
  expect(JSON.stringify(lane.events)).not.toContain(SCRIPT_KEY)
})

test('a provider that is not there is a 502 in the envelope, and costs a request only', async () => {
  await lane.close()
  lane = await openTestLane('anthropic', 'http://127.0.0.1:9')
  const answer = await ask(lane, '/v1/messages', CALL)
  expect([answer.status, JSON.parse(answer.text).error.type]).toEqual([502, 'api_error'])
  expect(lane.calls).toMatchObject([{ status: 502, spend: { ...NOTHING_SPENT, requests: 1 } }])
})

test('a provider that never answers is a 504, charged as reserved', async () => {
  await lane.close()
  lane = await openTestLane('anthropic', provider.url, {}, { upstreamTimeouts: { headers: 200 } })
  provider.script({ raw: () => undefined })
  const answer = await ask(lane, '/v1/messages', CALL)
  expect([answer.status, JSON.parse(answer.text).error.type]).toEqual([504, 'timeout_error'])
  expect(lane.calls).toMatchObject([{ status: 504, spend: ESTIMATE, note: RESERVED }])
})

test('a stream that is cut reaches the agent as cut and is charged as reserved', async () => {
  provider.script({
    raw: (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write(
        sse('message_start', {
          type: 'message_start',
          message: { usage: { input_tokens: 1, output_tokens: 1 } },
        }),
      )
      setTimeout(() => res.destroy(), 20)
    },
  })
  const answer = await ask(lane, '/v1/messages', STREAM)
  expect(answer.whole).toBe(false)
  expect(lane.calls).toMatchObject([
    { status: 200, spend: { requests: 1, outputTokens: 100 }, note: RESERVED },
  ])
})

test.each([
  [
    'garbage events',
    'text/event-stream',
    'event: message_delta\ndata: {"usage":\n\ndata: {"usage"}\n\n:::\n\0\n\n',
  ],
  ['garbage JSON', 'application/json', '{"usage":{"output_tokens":'],
  ['JSON without usage', 'application/json', '{"usage":{"input_tokens":"many"}}'],
  ['an event of 20 MB', 'text/event-stream', `data: ${'x'.repeat(20_000_000)}\n\n`],
])('%s pass through and are charged as reserved', async (_, type, body) => {
  provider.script(raw(200, type, body))
  const answer = await ask(lane, '/v1/messages', CALL)
  expect(answer.whole && answer.text === body).toBe(true)
  expect(lane.calls).toMatchObject([{ spend: ESTIMATE, note: RESERVED }])
})

test('compressed answers nobody asked for are unpacked and metered', async () => {
  const body = JSON.stringify({ usage: { input_tokens: 7, output_tokens: 3 } })
  provider.script(
    raw(200, 'application/json', gzipSync(body), { 'content-encoding': 'gzip' }),
    raw(200, 'application/json', brotliCompressSync(body), { 'content-encoding': 'br' }),
    raw(200, 'application/json', 'not gzip', { 'content-encoding': 'gzip' }),
    raw(200, 'application/json', body, { 'content-encoding': 'rot13' }),
  )
  for (let i = 0; i < 2; i++) {
    const { headers, text } = await ask(lane, '/v1/messages', CALL)
    expect([headers['content-encoding'], text]).toEqual([undefined, body])
  }
  for (let i = 0; i < 2; i++) expect((await ask(lane, '/v1/messages', CALL)).status).toBe(502)
  expect(lane.calls.map(({ spend }) => spend.outputTokens)).toEqual([3, 3, 100, 100])
})

test('an agent that goes away ends the call at the provider and pays the reservation', async () => {
  const gone = new Promise((resolve) =>
    provider.script({
      raw: (_, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': started\n\n')
        res.on('close', resolve)
      },
    }),
  )
  const response = await lane.fetch('http://gateway/v1/messages', {
    method: 'POST',
    body: JSON.stringify(STREAM),
  })
  expect(lane.open.idleMilliseconds()).toBe(0)
  await response.body?.cancel()
  await gone
  await expect.poll(() => lane.calls).toMatchObject([{ spend: { outputTokens: 100 }, note: RESERVED }])
})

test('chat streams are asked for their usage when the agent did not', async () => {
  const chat = await startOpenaiChat()
  const other = await openTestLane('openai-chat', `${chat.url}/v1/`)
  const body = { model: 'gpt-5.5', stream: true, messages: [] }
  chat.script({ text: 'a', usage: { input: 9, output: 4 } }, { text: 'b', usage: { input: 9, output: 4 } })
  await ask(other, '/v1/chat/completions', body)
  await ask(other, '/v1/chat/completions', { ...body, stream_options: { include_usage: false, x: 1 } })
  expect(chat.seen.map(({ text }) => JSON.parse(text).stream_options)).toEqual([
    { include_usage: true },
    { include_usage: true, x: 1 },
  ])
  expect(other.calls.map(({ spend }) => [spend.inputTokens, spend.outputTokens])).toEqual([
    [9, 4],
    [9, 4],
  ])
  await other.close()
  await chat.close()
})

test('counting tokens is forwarded and costs a request only', async () => {
  const answer = await ask(lane, '/v1/messages/count_tokens', { model: 'claude-opus-4-8', messages: [] })
  expect(JSON.parse(answer.text)).toEqual({ input_tokens: 42 })
  expect(lane.calls).toMatchObject([{ spend: { ...NOTHING_SPENT, requests: 1 } }])
})

test('a budget that is used up is a 402 in the envelope, with limit and remedy, and calls nobody', async () => {
  await lane.close()
  const spent = { ...NOTHING_SPENT, microDollars: 1_000_001 }
  lane = await openTestLane('anthropic', provider.url, { budget: BUDGET, spent })
  const answer = await ask(lane, '/v1/messages', CALL)
  expect([answer.status, answer.headers['x-should-retry']]).toEqual([402, 'false'])
  expect(JSON.parse(answer.text)).toMatchObject({
    type: 'error',
    error: { type: 'billing_error', message: expect.stringContaining('money is used up: $1.00 of $1.00') },
    airlock: { rule: 'budget.money', remedy: expect.stringContaining('larger budget') },
  })
  expect([provider.seen.length, lane.open.exhausted(), lane.open.spent()]).toEqual([0, true, spent])
})

test('twenty calls at once pass a small budget by no more than one reservation', async () => {
  await lane.close()
  lane = await openTestLane('anthropic', provider.url, { budget: { ...BUDGET, microDollars: 5_000 } })
  for (let i = 0; i < 20; i++) provider.script({ text: 'x', usage: { input: 30, output: 100 } })
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(lane, '/v1/messages', CALL)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, ...Array(18).fill(402)])
  expect(lane.open.spent().microDollars).toBe(2 * 2_650)
})

test('a body beyond its bound is refused, announced or not', async () => {
  await lane.close()
  lane = await openTestLane('anthropic', provider.url, {}, { modelLimits: { body: 1_000 } })
  const big = { ...CALL, pad: 'x'.repeat(2_000) }
  expect((await ask(lane, '/v1/messages', big)).status).toBe(413)
  expect((await ask(lane, '/v1/messages', big, { 'transfer-encoding': 'chunked' })).status).toBe(413)
  provider.script({ text: 'ok' })
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
})

test('a client that dawdles is dropped, and no more than the cap are let in', async () => {
  await lane.close()
  const modelLimits = { headers: 200, request: 300, connections: 2 }
  lane = await openTestLane('anthropic', provider.url, {}, { modelLimits })
  const path = join(lane.directory, 'model.sock')
  const slow = connect(path).on('error', () => undefined)
  slow.write('POST /v1/messages HTTP/1.1\r\nHost: g\r\nContent-Le')
  const body = connect(path).on('error', () => undefined)
  body.write('POST /v1/messages HTTP/1.1\r\nHost: g\r\nContent-Length: 100\r\n\r\n{')
  await Promise.all([once(slow, 'connect'), once(body, 'connect')])
  const third = connect(path).on('error', () => undefined)
  await once(third.resume(), 'close')
  await Promise.all([once(slow.resume(), 'close'), once(body.resume(), 'close')])
  provider.script({ text: 'ok' })
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
})

test('noise on the socket does not disturb the next call', async () => {
  for (const noise of ['\0\0\0', 'GET\r\n\r\n', 'CONNECT x:1 HTTP/1.1\r\n\r\n', '\x16\x03\x01']) {
    const socket = connect(join(lane.directory, 'model.sock')).on('error', () => undefined)
    socket.end(noise)
    await once(socket.resume(), 'close')
  }
  provider.script({ text: 'ok' })
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
})

test('a listener that throws does not disturb the lane', async () => {
  await lane.close()
  const onEvent = () => {
    throw new Error('listener')
  }
  lane = await openTestLane('anthropic', provider.url, { onEvent })
  provider.script({ text: 'ok' })
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
})

test('closing a lane settles its calls, removes its directory and may be done twice', async () => {
  provider.script({
    raw: (_, res) => void res.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hi\n\n'),
  })
  const response = await lane.fetch('http://gateway/v1/messages', {
    method: 'POST',
    body: JSON.stringify(STREAM),
  })
  await Promise.all([lane.open.close(), lane.open.close()])
  expect(lane.calls).toMatchObject([{ note: RESERVED }])
  expect(existsSync(lane.directory)).toBe(false)
  await response.body?.cancel().catch(() => undefined)
})

test('the directory is private, or passable for the group of the sandboxes alone, and the sockets are open', async () => {
  const modes = (at: TestLane) =>
    ['.', 'model.sock', 'egress.sock'].map((name) =>
      (statSync(join(at.directory, name)).mode & 0o777).toString(8),
    )
  expect(modes(lane)).toEqual(['700', '666', '666'])
  const group = process.getegid?.() ?? 0
  const other = await openTestLane('anthropic', provider.url, {}, { sandboxGroup: group })
  expect(modes(other)).toEqual(['710', '666', '666'])
  expect(statSync(other.directory).gid).toBe(group)
  await other.close()
})

test('a path too long for a socket is refused with its reason', async () => {
  const directory = join('/tmp', 'x'.repeat(120))
  await expect(openTestLane('anthropic', provider.url, { directory })).rejects.toThrow(
    /too long for a Unix socket/,
  )
})
