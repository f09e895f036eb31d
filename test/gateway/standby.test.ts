import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Lane, Provider } from '#gateway/gateway.ts'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { startGemini } from '../support/providers/gemini.ts'
import { json, SCRIPT_KEY, type ScriptedProvider, type Turn } from '../support/providers/scripted-provider.ts'
import { ask, BUDGET, openTestLane, type TestLane } from './open-test-lane.ts'

let first: ScriptedProvider
let second: ScriptedProvider
let lane: TestLane

beforeEach(async () => {
  first = await startAnthropic()
  second = await startAnthropic()
})
afterEach(async () => {
  await lane.close()
  await first.close()
  await second.close()
})

const CALL = { model: 'claude-opus-4-8', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }
const standing = (baseUrl: string): Provider => ({
  name: 'second',
  protocol: 'anthropic',
  baseUrl,
  key: SCRIPT_KEY,
  models: [],
})
const open = (more: Partial<Lane> = {}, baseUrl = first.url, options = {}) =>
  openTestLane(
    'anthropic',
    baseUrl,
    { standby: [{ provider: standing(second.url), model: 'claude-haiku-4-5' }], ...more },
    options,
  )
const failing = (status: number): Turn => ({
  raw: (_, res) => json(res, status, { type: 'error', error: { type: 'some_error', message: 'no' } }),
})

test.each([429, 500, 503, 529])('a %s is left to the provider that stands by, and seen', async (status) => {
  lane = await open()
  first.script(failing(status))
  second.script({ text: 'from the second', usage: { input: 10, output: 5 } })
  const answer = await ask(lane, '/v1/messages', CALL)
  expect([answer.status, JSON.parse(answer.text).content[0].text]).toEqual([200, 'from the second'])
  expect(JSON.parse(second.seen[0]?.text ?? '')).toEqual({ ...CALL, model: 'claude-haiku-4-5' })
  expect(lane.calls).toMatchObject([
    {
      provider: 'scripted',
      model: 'claude-opus-4-8',
      status,
      spend: { microDollars: 0, requests: 0 },
      note: 'Not answered; second is asked instead.',
    },
    { provider: 'second', model: 'claude-haiku-4-5', status: 200, spend: { outputTokens: 5, requests: 1 } },
  ])
  expect(lane.open.spent()).toMatchObject({ outputTokens: 5, requests: 1 })
})

test('whoever failed is asked last for a while', async () => {
  lane = await open()
  first.script(failing(503), { text: 'first' })
  second.script({ text: 'one' }, { text: 'two' })
  await ask(lane, '/v1/messages', CALL)
  expect(JSON.parse((await ask(lane, '/v1/messages', CALL)).text).content[0].text).toBe('two')
  expect(first.seen).toHaveLength(1)
})

test('a provider that is not there, and one that is silent, are passed over; silence is charged', async () => {
  lane = await open({}, 'http://127.0.0.1:9')
  second.script({ text: 'ok' })
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
  expect(lane.calls).toMatchObject([{ status: 502, spend: { microDollars: 0 } }, { status: 200 }])
  await lane.close()
  lane = await open({}, first.url, { upstreamTimeouts: { headers: 200 } })
  first.script({ raw: () => undefined })
  second.script({ text: 'ok', usage: { input: 10, output: 5 } })
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
  expect(lane.calls).toMatchObject([{ status: 504, spend: { outputTokens: 100 } }, { status: 200 }])
  expect(lane.open.spent()).toMatchObject({ outputTokens: 105, requests: 1 })
})

test.each([400, 401, 404])('a %s is the answer: another provider would say the same', async (status) => {
  lane = await open()
  first.script(failing(status))
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(status)
  expect(second.seen).toEqual([])
})

test('what the last one answers is told, whatever it is', async () => {
  lane = await open()
  first.script(failing(500))
  second.script(failing(529))
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(529)
  expect(lane.calls.map(({ status }) => status)).toEqual([500, 529])
})

test('an answer that breaks off before its first byte is asked of the next, and charged', async () => {
  lane = await open()
  first.script({
    raw: (_, res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 }).flushHeaders()
      setTimeout(() => res.destroy(), 20)
    },
  })
  second.script({ text: 'ok', usage: { input: 10, output: 5 } })
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(200)
  expect(lane.open.spent()).toMatchObject({ outputTokens: 105, requests: 1 })
})

test('after the first byte of an answer no other provider is asked', async () => {
  lane = await open()
  first.script({
    raw: (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: ping\ndata: {}\n\n')
      setTimeout(() => res.destroy(), 20)
    },
  })
  const answer = await ask(lane, '/v1/messages', { ...CALL, stream: true })
  expect(answer.whole).toBe(false)
  expect(second.seen).toEqual([])
  expect(lane.calls).toHaveLength(1)
})

test('many tries hold one reservation, of the dearest', async () => {
  const prices = {
    admits: () => true,
    cost: () => ({ microDollars: 1, basis: 'list' as const }),
    most: ({ name }: { name: string }) => (name === 'second' ? 900 : 100),
  }
  lane = await open({ budget: { ...BUDGET, microDollars: 900 } }, first.url, { prices })
  let atOnce = 0
  let most = 0
  const slow: Turn = {
    raw: (_, res) => {
      atOnce++
      most = Math.max(most, atOnce)
      setTimeout(() => {
        atOnce--
        json(res, 200, { usage: { input_tokens: 1, output_tokens: 1 } })
      }, 20)
    },
  }
  first.script(failing(500), failing(500))
  second.script(slow, slow)
  const answers = await Promise.all([ask(lane, '/v1/messages', CALL), ask(lane, '/v1/messages', CALL)])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(most).toBe(1)
})

test('one whose price nobody knows does not stand by where unknown prices are refused', async () => {
  const prices = {
    admits: ({ name }: { name: string }) => name !== 'second',
    cost: () => ({ microDollars: 1, basis: 'list' as const }),
    most: () => 1,
  }
  lane = await open({}, first.url, { prices })
  first.script(failing(503))
  expect((await ask(lane, '/v1/messages', CALL)).status).toBe(503)
  expect(second.seen).toEqual([])
})

test('the model in a path is another one as well', async () => {
  const gemini = await startGemini()
  lane = await openTestLane('gemini', 'http://127.0.0.1:9', {
    model: 'gemini-9',
    standby: [{ provider: { ...standing(gemini.url), protocol: 'gemini' }, model: 'gemini-2.5-pro' }],
  })
  gemini.script({ text: 'ok' })
  const answer = await ask(lane, '/v1beta/models/gemini-9:generateContent', { contents: [] })
  expect(answer.status).toBe(200)
  expect(gemini.seen).toMatchObject([
    { url: '/v1beta/models/gemini-2.5-pro:generateContent', text: '{"contents":[]}' },
  ])
  await gemini.close()
})

test('a provider of another protocol cannot stand by', async () => {
  lane = await open()
  const mixed = openTestLane('openai-chat', first.url, {
    standby: [{ provider: standing(second.url), model: 'claude-haiku-4-5' }],
  })
  await expect(mixed).rejects.toMatchObject({ failure: { code: 'invalid_configuration' } })
})
