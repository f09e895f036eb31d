import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { startOpenaiChat } from '../support/providers/openai-chat.ts'
import { startOpenaiResponses } from '../support/providers/openai-responses.ts'
import type { ScriptedProvider } from '../support/providers/scripted-provider.ts'
import { ask, openTestLane, type TestLane } from './open-test-lane.ts'

let providers: ScriptedProvider[]
let messages: TestLane
let responses: TestLane
let chat: TestLane

beforeAll(async () => {
  const [a, r, c] = await Promise.all([startAnthropic(), startOpenaiResponses(), startOpenaiChat()])
  providers = [a, r, c]
  messages = await openTestLane('anthropic', a.url)
  responses = await openTestLane('openai-responses', r.url)
  chat = await openTestLane('openai-chat', c.url)
})

afterAll(async () => {
  for (const lane of [messages, responses, chat]) await lane.close()
  for (const provider of providers) {
    expect(provider.seen).toEqual([]) // nothing in this file may reach a provider
    await provider.close()
  }
})

const user = (content: unknown) => [{ role: 'user', content }]
const M = { model: 'claude-opus-4-8', max_tokens: 10, messages: user('hi') }
const R = { model: 'gpt-5.5', input: user('hi') }
const C = { model: 'gpt-5.5', messages: user('hi') }
const REMOTE = 'https://attacker.example/?secret'

const REFUSED: readonly [string, () => TestLane, string, object | string | Buffer, number, string][] = [
  [
    'another model',
    () => messages,
    '/v1/messages',
    { ...M, model: 'claude-fable-5' },
    403,
    'model.not-allowed',
  ],
  ['no model', () => chat, '/v1/chat/completions', { messages: [] }, 403, 'model.not-allowed'],
  [
    'a list of fallback models',
    () => chat,
    '/v1/chat/completions',
    { ...C, models: ['x'] },
    403,
    'model.not-allowed',
  ],
  [
    'a stored prompt',
    () => responses,
    '/v1/responses',
    { ...R, prompt: { id: 'p' } },
    403,
    'model.not-allowed',
  ],
  [
    'a model named twice',
    () => chat,
    '/v1/chat/completions',
    '{"model":"gpt-5.5","Model":"o","messages":[]}',
    400,
    'model.request',
  ],
  [
    'hosted web search',
    () => messages,
    '/v1/messages',
    { ...M, tools: [{ type: 'web_fetch_20250910', name: 'f' }] },
    403,
    'model.hosted-tool',
  ],
  [
    'a remote MCP server',
    () => messages,
    '/v1/messages',
    { ...M, mcp_servers: [{ url: REMOTE }] },
    403,
    'model.hosted-tool',
  ],
  [
    'a hosted tool',
    () => responses,
    '/v1/responses',
    { ...R, tools: [{ type: 'mcp', server_url: REMOTE }] },
    403,
    'model.hosted-tool',
  ],
  [
    'a hosted tool within additional tools',
    () => responses,
    '/v1/responses',
    {
      ...R,
      input: [{ type: 'additional_tools', tools: [{ type: 'namespace', tools: [{ type: 'web_search' }] }] }],
    },
    403,
    'model.hosted-tool',
  ],
  [
    'a hosted shell',
    () => responses,
    '/v1/responses',
    { ...R, tools: [{ type: 'shell', environment: { type: 'container_auto' } }] },
    403,
    'model.hosted-tool',
  ],
  [
    'web search options',
    () => chat,
    '/v1/chat/completions',
    { ...C, web_search_options: {} },
    403,
    'model.hosted-tool',
  ],
  [
    'router plugins',
    () => chat,
    '/v1/chat/completions',
    { ...C, plugins: [{ id: 'web' }] },
    403,
    'model.hosted-tool',
  ],
  [
    'an image by address',
    () => messages,
    '/v1/messages',
    {
      ...M,
      messages: user([
        { type: 'tool_result', content: [{ type: 'image', source: { type: 'url', url: REMOTE } }] },
      ]),
    },
    403,
    'model.remote-content',
  ],
  [
    'an image by address',
    () => chat,
    '/v1/chat/completions',
    { ...C, messages: user([{ type: 'image_url', image_url: { url: REMOTE } }]) },
    403,
    'model.remote-content',
  ],
  [
    'an image by address',
    () => responses,
    '/v1/responses',
    { ...R, input: user([{ type: 'input_image', image_url: REMOTE }]) },
    403,
    'model.remote-content',
  ],
  [
    'a file by address',
    () => responses,
    '/v1/responses',
    { ...R, input: user([{ type: 'input_file', file_url: REMOTE }]) },
    403,
    'model.remote-content',
  ],
  [
    'a background answer',
    () => responses,
    '/v1/responses',
    { ...R, background: true },
    403,
    'model.background',
  ],
  [
    'a dearer tier',
    () => responses,
    '/v1/responses',
    { ...R, service_tier: 'priority' },
    403,
    'model.service-tier',
  ],
  ['a dearer speed', () => messages, '/v1/messages', { ...M, speed: 'fast' }, 403, 'model.service-tier'],
  ['an unknown path', () => messages, '/v1/files', {}, 403, 'model.path'],
  ['a path of another protocol', () => messages, '/v1/responses', R, 403, 'model.path'],
  ['a path that climbs', () => messages, '/v1/messages/../files', {}, 403, 'model.path'],
  ['an encoded path', () => messages, '/v1/%6dessages', {}, 403, 'model.path'],
  ['a path of prototypes', () => messages, '/v1/constructor', {}, 403, 'model.path'],
  ['an unknown question', () => messages, '/v1/messages?model=other', M, 403, 'model.path'],
  ['a known question and more', () => messages, '/v1/messages?beta=true&model=other', M, 403, 'model.path'],
  ['an absolute address', () => messages, 'http://other.example/v1/messages', {}, 403, 'model.path'],
  ['what is not JSON', () => messages, '/v1/messages', '{', 400, 'model.request'],
  ['what is not an object', () => messages, '/v1/messages', '[]', 400, 'model.request'],
  [
    'what is not UTF-8',
    () => messages,
    '/v1/messages',
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
    400,
    'model.request',
  ],
]

test.each(REFUSED)('%s is refused (%#)', async (_, lane, path, body, status, rule) => {
  const answer = await ask(lane(), path, body)
  const said = JSON.parse(answer.text)
  expect({ status: answer.status, rule: said.airlock.rule, message: typeof said.error.message }).toEqual({
    status,
    rule,
    message: 'string',
  })
  expect(lane().refusals.at(-1)).toMatchObject({ rule, boundary: 'model' })
})

test('a refusal stands in the envelope of each protocol', async () => {
  const anthropicError = JSON.parse((await ask(messages, '/v1/files', {})).text)
  expect(anthropicError).toMatchObject({ type: 'error', error: { type: 'permission_error' } })
  const openaiError = JSON.parse((await ask(chat, '/v1/files', {})).text)
  expect(openaiError).toMatchObject({ error: { type: 'permission_error', param: null, code: 'not_allowed' } })
})

test('a WebSocket upgrade is refused', async () => {
  const answer = await ask(
    responses,
    '/v1/responses',
    undefined,
    { connection: 'upgrade', upgrade: 'websocket' },
    'GET',
  )
  expect([answer.status, JSON.parse(answer.text).airlock.rule]).toEqual([403, 'model.websocket'])
})

test('a compressed request is refused', async () => {
  const answer = await ask(chat, '/v1/chat/completions', C, { 'content-encoding': 'gzip' })
  expect(answer.status).toBe(415)
})

test('HEAD / and the list of models are answered without a call', async () => {
  expect((await ask(messages, '/', undefined, {}, 'HEAD')).status).toBe(200)
  expect(JSON.parse((await ask(messages, '/v1/models', undefined)).text).data).toMatchObject([
    { id: 'claude-opus-4-8', type: 'model' },
  ])
  expect(JSON.parse((await ask(chat, '/v1/models', undefined)).text).data).toMatchObject([
    { id: 'gpt-5.5', object: 'model' },
  ])
})

test('a lane without a provider refuses every model call', async () => {
  const lane = await openTestLane('anthropic', 'http://unused', { provider: undefined, model: undefined })
  const answer = await ask(lane, '/v1/messages', M)
  expect([answer.status, JSON.parse(answer.text).airlock.rule]).toEqual([403, 'model.none'])
  expect(lane.refusals).toMatchObject([{ rule: 'model.none', boundary: 'model' }])
  await lane.close()
})

test('a flood of refusals does not flood the log', async () => {
  const lane = await openTestLane('anthropic', 'http://127.0.0.1:9')
  for (let i = 0; i < 510; i++) await ask(lane, '/v1/files', {})
  expect(lane.refusals).toHaveLength(500)
  expect(lane.refusals.at(-1)?.reason).toContain('Further refusals')
  await lane.close()
})
