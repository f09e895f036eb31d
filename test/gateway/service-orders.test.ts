import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { startGemini } from '../support/providers/gemini.ts'
import { startOpenaiChat } from '../support/providers/openai-chat.ts'
import { startOpenaiResponses } from '../support/providers/openai-responses.ts'
import type { ScriptedProvider } from '../support/providers/scripted-provider.ts'
import { ask, openTestLane, type TestLane } from './open-test-lane.ts'

const STARTS = {
  anthropic: startAnthropic,
  'openai-responses': startOpenaiResponses,
  'openai-chat': startOpenaiChat,
  gemini: startGemini,
}
type Name = keyof typeof STARTS
const lanes = new Map<Name, { lane: TestLane; provider: ScriptedProvider }>()

beforeAll(async () => {
  for (const [name, start] of Object.entries(STARTS) as [Name, typeof startAnthropic][]) {
    const provider = await start()
    lanes.set(name, { provider, lane: await openTestLane(name, provider.url) })
  }
})

afterAll(async () => {
  for (const { lane, provider } of lanes.values()) {
    await lane.close()
    await provider.close()
  }
})

const CALLS: Readonly<Record<Name, readonly [path: string, body: object]>> = {
  anthropic: ['/v1/messages', { model: 'claude-opus-4-8', max_tokens: 10 }],
  'openai-responses': ['/v1/responses', { model: 'gpt-5.5' }],
  'openai-chat': ['/v1/chat/completions', { model: 'gpt-5.5' }],
  gemini: ['/v1beta/models/gemini-2.5-pro:generateContent', {}],
}
const AWAY = 'https://attacker.example/?secret'
const user = (part: object) => ({ messages: [{ role: 'user', content: [part] }] })

async function asked(name: Name, more: object | string) {
  const [path, body] = CALLS[name]
  const own = lanes.get(name)
  if (own === undefined) throw new Error('no such lane')
  const sent = typeof more === 'string' ? JSON.stringify(body).replace(/\}$/, more) : { ...body, ...more }
  const { status } = await ask(own.lane, path, sent)
  return { status, rule: own.lane.refusals.at(-1)?.rule, reached: own.provider.seen.length }
}

describe('What others have added to a protocol does not lead out of the sandbox:', () => {
  test.each<[Name, object]>([
    ['openai-chat', user({ type: 'document_url', document_url: AWAY })],
    ['openai-chat', user({ type: 'audio_url', audio_url: { url: AWAY } })],
    ['openai-chat', user({ type: 'input_audio', input_audio: AWAY })],
    ['openai-chat', user({ type: 'video', video: ['data:video/mp4;base64,AA', AWAY] })],
    ['openai-chat', user({ type: 'image_url', Image_URL: { URL: AWAY } })],
    ['openai-chat', { ...user({ type: 'text', text: 'hi' }), documents: [{ document_uri: AWAY }] }],
    ['anthropic', user({ type: 'image', Source: { type: 'url', Url: AWAY } })],
  ])('%s %j is not fetched', async (name, more) => {
    expect(await asked(name, more)).toEqual({ status: 403, rule: 'model.remote-content', reached: 0 })
  })

  test.each<[Name, object]>([
    ['openai-chat', { search_parameters: { mode: 'on', sources: [{ type: 'rss', links: [AWAY] }] } }],
    ['openai-chat', { data_sources: [{ type: 'elasticsearch', parameters: { endpoint: AWAY } }] }],
    ['openai-chat', { fallbacks: ['claude-fable-5'] }],
    ['openai-chat', { provider: { only: ['attacker'] } }],
    ['openai-chat', { api_base: AWAY }],
    ['openai-chat', { Langfuse_Host: AWAY }],
    ['openai-chat', { extra_body: { google: { tools: [] } } }],
    ['openai-responses', { user_config: { model_list: [] } }],
    ['openai-responses', { enable_search: true }],
    ['anthropic', { context_window_fallbacks: [{}] }],
  ])('%s %j gives no orders', async (name, more) => {
    expect(await asked(name, more)).toEqual({ status: 403, rule: 'model.service-order', reached: 0 })
  })

  test.each<[Name, object]>([
    ['openai-chat', { Tools: [{ Type: 'web_search' }] }],
    ['openai-chat', { tools: [{ google_search: {} }] }],
    ['openai-responses', { TOOLS: [{ type: 'web_search' }] }],
    ['anthropic', { tool\u017f: [{ type: 'web_fetch_20250910' }] }],
  ])('%s %j is a tool of the provider however it is written', async (name, more) => {
    expect(await asked(name, more)).toEqual({ status: 403, rule: 'model.hosted-tool', reached: 0 })
  })

  test.each<[Name, string]>([
    ['openai-chat', ',"tools":[{"type":"web_search","type":"function","function":{}}]}'],
    ['anthropic', ',"tools":[{"type":"web_fetch_20250910","t\\u0079pe":"custom"}]}'],
    ['gemini', '"contents":[{"parts":[{"fileData":{"fileUri":"https://a.example"},"fileData":null}]}]}'],
  ])('%s %s says one thing twice', async (name, more) => {
    expect(await asked(name, more)).toEqual({ status: 400, rule: 'model.request', reached: 0 })
  })
})

test.each([
  ['values', '[],'.repeat(1_100_000), '[]'],
  ['strings', '"",'.repeat(1_100_000), '""'],
  ['depth', '['.repeat(1_100), ']'.repeat(1_100)],
])('a request of too many %s is refused before anything is made of it', async (_, before, after) => {
  const more = `,"messages":[${before}${after}]}`
  expect(await asked('openai-chat', more)).toEqual({ status: 413, rule: 'model.request', reached: 0 })
})

test('what a conversation and its tools really hold passes', async () => {
  const own = lanes.get('anthropic')
  if (own === undefined) throw new Error('no such lane')
  own.provider.script({ text: 'fine' })
  const properties = { '-A': { type: 'number' }, '-a': { type: 'string' }, url: { type: 'string' } }
  const { status } = await ask(own.lane, '/v1/messages', {
    ...CALLS.anthropic[1],
    context_management: {},
    tools: [{ name: 'fetch', input_schema: { type: 'object', properties } }],
    messages: [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 't', name: 'fetch', input: { image_url: AWAY, source: { url: AWAY } } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: `see ${AWAY}` }] },
    ],
  })
  expect(status).toBe(200)
})
