import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkProvider } from '#gateway/check-provider.ts'
import type { Provider } from '#gateway/gateway.ts'
import { startGemini } from '../support/providers/gemini.ts'
import { SCRIPT_KEY, type ScriptedProvider } from '../support/providers/scripted-provider.ts'
import { ask, openTestLane, type TestLane } from './open-test-lane.ts'

const check = (provider: Provider, model?: string) => checkProvider(provider, Date.now, model)

const GENERATE = '/v1beta/models/gemini-2.5-pro:generateContent'
const STREAM = '/v1beta/models/gemini-2.5-pro:streamGenerateContent'
const COUNT = '/v1beta/models/gemini-2.5-pro:countTokens'
const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]
const remote = { fileData: { mimeType: 'text/html', fileUri: 'https://attacker.example/?secret' } }

let provider: ScriptedProvider
let lane: TestLane

beforeAll(async () => {
  provider = await startGemini()
})
afterAll(() => provider.close())
beforeEach(async () => {
  provider.seen.length = 0
  lane = await openTestLane('gemini', provider.url)
})
afterEach(() => lane.close())

const REFUSED: readonly [string, string, object, string][] = [
  ['another model', GENERATE.replace('2.5-pro', '9-ultra'), { contents }, 'model.not-allowed'],
  ['another model in the body', GENERATE, { contents, model: 'models/gemini-9' }, 'model.not-allowed'],
  ['cached content', GENERATE, { contents, cachedContent: 'cachedContents/1' }, 'model.not-allowed'],
  [
    'cached content in snakes',
    GENERATE,
    { contents, cached_content: 'cachedContents/1' },
    'model.not-allowed',
  ],
  [
    'a router',
    GENERATE,
    { contents, generation_config: { routing_config: { autoMode: {} } } },
    'model.not-allowed',
  ],
  [
    'another model within what is counted',
    COUNT,
    { generateContentRequest: { model: 'models/gemini-9', contents } },
    'model.not-allowed',
  ],
  [
    'search',
    STREAM,
    { contents, tools: [{ functionDeclarations: [] }, { googleSearch: {} }] },
    'model.hosted-tool',
  ],
  [
    'search beside functions',
    STREAM,
    { contents, tools: [{ functionDeclarations: [], google_search: {} }] },
    'model.hosted-tool',
  ],
  ['fetching, as one object', GENERATE, { contents, tools: { urlContext: {} } }, 'model.hosted-tool'],
  ['code at the provider', GENERATE, { contents, tools: [{ codeExecution: {} }] }, 'model.hosted-tool'],
  ['a tool nobody knows', GENERATE, { contents, tools: [{ orbit: { to: 'x' } }] }, 'model.hosted-tool'],
  ['a file by address', GENERATE, { contents: [{ parts: [remote] }] }, 'model.remote-content'],
  ['a file by address, as one object', GENERATE, { contents: { parts: remote } }, 'model.remote-content'],
  [
    'a file by address in both spellings',
    GENERATE,
    { contents: [{ parts: [{ fileData: null, file_data: { file_uri: 'gs://bucket/x' } }] }] },
    'model.remote-content',
  ],
  [
    'a file by address in the result of a function',
    GENERATE,
    { contents: [{ parts: [{ functionResponse: { name: 'f', response: {}, parts: [remote] } }] }] },
    'model.remote-content',
  ],
  [
    'a file by address in the instruction',
    GENERATE,
    { contents, system_instruction: { parts: [remote] } },
    'model.remote-content',
  ],
  ['many answers', GENERATE, { contents, generationConfig: { candidateCount: 8 } }, 'model.many-answers'],
  [
    'pictures',
    GENERATE,
    { contents, generationConfig: { responseModalities: ['TEXT', 'IMAGE'] } },
    'model.service-tier',
  ],
  ['a dearer tier', GENERATE, { contents, service_tier: 'priority' }, 'model.service-tier'],
  ['the way of other protocols', '/v1/chat/completions', { contents }, 'model.path'],
  ['a batch', GENERATE.replace('generateContent', 'batchGenerateContent'), { contents }, 'model.path'],
  ['a model that climbs', '/v1beta/models/../files/x:generateContent', { contents }, 'model.path'],
  ['a mask that would hide the usage', `${GENERATE}?fields=candidates`, { contents }, 'model.path'],
  ['a question twice', `${STREAM}?alt=json&alt=sse`, { contents }, 'model.path'],
]

test.each(REFUSED)('%s is refused and stands in the envelope', async (_, path, body, rule) => {
  const answer = await ask(lane, path, body)
  expect({ status: answer.status, said: JSON.parse(answer.text) }).toMatchObject({
    status: 403,
    said: { error: { code: 403, status: 'PERMISSION_DENIED' }, airlock: { rule } },
  })
  expect(provider.seen).toEqual([])
})

test('what functions are told and tell is data, not an address', async () => {
  provider.script({ text: 'ok' })
  const data = { fileData: 'https://example.com/' }
  const answer = await ask(lane, GENERATE, {
    contents: [
      { role: 'model', parts: [{ functionCall: { name: 'f', args: data }, thoughtSignature: 'c2ln' }] },
      { role: 'user', parts: [{ functionResponse: { name: 'f', response: data } }] },
    ],
  })
  expect(answer.status).toBe(200)
})

test('a key in the question stays behind, and the body goes on byte for byte', async () => {
  provider.script({ text: 'ok' })
  const body = `{ "contents" :${JSON.stringify(contents)}, "orbit": {"new":1.50} }`
  const answer = await ask(lane, `${STREAM}?key=agents-own&alt=sse`, body, { 'x-goog-api-key': 'agents-own' })
  expect(answer.status).toBe(200)
  expect(provider.seen).toMatchObject([{ url: `${STREAM}?alt=sse`, text: body }])
  expect(provider.seen[0]?.headers['x-goog-api-key']).toBe(SCRIPT_KEY)
  expect(JSON.stringify(provider.seen)).not.toContain('agents-own')
})

test.each([
  ['as events', `${STREAM}?alt=sse`],
  ['as one list', STREAM],
  ['whole', GENERATE],
])('thoughts are counted as output and the cache as input, %s', async (_, path) => {
  provider.script({
    text: 'a text of several pieces, all of them counted up',
    usage: { input: 150, output: 20, cacheRead: 100 },
  })
  const answer = await ask(lane, path, { contents })
  expect([answer.status, answer.whole]).toEqual([200, true])
  const spend = { inputTokens: 150, cachedInputTokens: 100, outputTokens: 20, requests: 1 }
  expect(lane.calls).toMatchObject([{ status: 200, model: 'gemini-2.5-pro', spend }])
  expect(lane.calls[0]).not.toHaveProperty('note')
})

test('a stream that breaks off before its end is charged as reserved', async () => {
  provider.script({
    raw: (_, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write(
        'data: {"candidates":[{}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1}}\n\n',
      )
      setTimeout(() => res.destroy(), 20)
    },
  })
  const answer = await ask(lane, `${STREAM}?alt=sse`, { contents, generationConfig: { maxOutputTokens: 77 } })
  expect(answer.whole).toBe(false)
  expect(lane.calls).toMatchObject([
    { spend: { outputTokens: 77 }, note: expect.stringContaining('charged as reserved') },
  ])
})

test('counting is free, and the models are those of the task', async () => {
  const counted = await ask(lane, COUNT, { contents })
  expect(JSON.parse(counted.text)).toEqual({ totalTokens: 42 })
  expect(lane.calls).toMatchObject([{ spend: { microDollars: 0, inputTokens: 0, outputTokens: 0 } }])
  const models = JSON.parse((await ask(lane, '/v1beta/models', undefined)).text)
  expect(models.models).toMatchObject([{ name: 'models/gemini-2.5-pro' }])
})

test('a provider is tried with its list of models, then with a word', async () => {
  const gemini = {
    name: 'g',
    protocol: 'gemini',
    baseUrl: provider.url,
    key: SCRIPT_KEY,
    models: [],
  } as const
  expect(await check(gemini)).toEqual({ ok: true, value: { models: ['gemini-2.5-pro'] } })
  expect(await check({ ...gemini, key: 'wrong' })).toMatchObject({
    ok: false,
    failure: { code: 'provider_refused' },
  })
})
