import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, type LanguageModel, streamText } from 'ai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkProvider } from '#gateway/check-provider.ts'
import { openEndpoint } from '#gateway/endpoints/open-endpoint.ts'
import type { Protocol, Provider } from '#gateway/gateway.ts'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { startGemini } from '../support/providers/gemini.ts'
import { type GoogleTokenServer, startGoogleTokenServer } from '../support/providers/google-token-server.ts'
import { startOpenaiChat } from '../support/providers/openai-chat.ts'
import { startOpenaiResponses } from '../support/providers/openai-responses.ts'
import { type Dialect, SCRIPT_KEY, type ScriptedProvider } from '../support/providers/scripted-provider.ts'
import { ask, openTestLane, type TestLane } from './open-test-lane.ts'

const CLOCK = () => Date.parse('2026-01-31T12:00:00.000Z')
const PLACE = '/v1/projects/p/locations/us-east5'
const CLAUDE = `${PLACE}/publishers/anthropic/models`

let google: GoogleTokenServer
beforeEach(async () => {
  google = await startGoogleTokenServer()
})
afterEach(() => google.close())

const client = (protocol: Protocol, fetch: typeof globalThis.fetch, name: string): LanguageModel => {
  const to = { baseURL: 'http://gateway/v1', apiKey: 'none', fetch }
  if (protocol === 'anthropic') return createAnthropic(to)(name)
  if (protocol === 'gemini') return createGoogle({ ...to, baseURL: 'http://gateway/v1beta' })(name)
  return protocol === 'openai-chat' ? createOpenAI(to).chat(name) : createOpenAI(to).responses(name)
}

const byApiKey: Partial<Dialect> = { authenticated: (headers) => headers['api-key'] === SCRIPT_KEY }
const byToken: Partial<Dialect> = {
  authenticated: (headers) => headers.authorization === `Bearer ${google.tokens.at(-1)}`,
}
const vertexClaude: Partial<Dialect> = {
  ...byToken,
  paths: [
    `${CLAUDE}/claude-opus-4-8@20260101:rawPredict`,
    `${CLAUDE}/claude-opus-4-8@20260101:streamRawPredict`,
  ],
  fixed: { [`${CLAUDE}/count-tokens:rawPredict`]: { input_tokens: 42 } },
  refuses: (body) =>
    'model' in body || body.anthropic_version !== 'vertex-2023-10-16'
      ? 'model: Extra inputs are not permitted'
      : undefined,
}

interface Host {
  readonly name: string
  readonly protocol: Protocol
  readonly service?: 'azure' | 'vertex'
  readonly model: string
  /** Behind the address of the server. */
  readonly base: string
  readonly start: () => Promise<ScriptedProvider>
  readonly key?: () => string
  readonly urls: readonly [whole: string, streamed: string]
}

const same = (url: string) => [url, url] as const
const HOSTS: readonly Host[] = [
  {
    name: 'Azure OpenAI, v1',
    protocol: 'openai-responses',
    service: 'azure',
    model: 'our-deployment',
    base: '',
    start: () => startOpenaiResponses({ ...byApiKey, paths: ['/openai/v1/responses'] }),
    urls: same('/openai/v1/responses'),
  },
  {
    name: 'Azure OpenAI, by deployment and date',
    protocol: 'openai-chat',
    service: 'azure',
    model: 'our-deployment',
    base: '/openai?api-version=2024-10-21',
    start: () =>
      startOpenaiChat({ ...byApiKey, paths: ['/openai/deployments/our-deployment/chat/completions'] }),
    urls: same('/openai/deployments/our-deployment/chat/completions?api-version=2024-10-21'),
  },
  {
    name: 'Azure Foundry, Claude',
    protocol: 'anthropic',
    model: 'claude-opus-4-8',
    base: '/anthropic',
    start: () => startAnthropic({ paths: ['/anthropic/v1/messages'] }),
    urls: same('/anthropic/v1/messages'),
  },
  {
    name: 'Bedrock, Claude',
    protocol: 'anthropic',
    model: 'anthropic.claude-opus-4-8',
    base: '/anthropic',
    start: () => startAnthropic({ paths: ['/anthropic/v1/messages'] }),
    urls: same('/anthropic/v1/messages'),
  },
  {
    name: 'Bedrock, OpenAI',
    protocol: 'openai-chat',
    model: 'openai.gpt-oss-120b-1:0',
    base: '/openai/v1',
    start: () => startOpenaiChat({ paths: ['/openai/v1/chat/completions'] }),
    urls: same('/openai/v1/chat/completions'),
  },
  {
    name: 'OpenRouter',
    protocol: 'openai-chat',
    model: 'anthropic/claude-opus-4.8',
    base: '/api',
    start: () => startOpenaiChat({ paths: ['/api/v1/chat/completions'] }),
    urls: same('/api/v1/chat/completions'),
  },
  {
    name: 'Ollama and vLLM',
    protocol: 'openai-chat',
    model: 'qwen3-coder:30b',
    base: '/v1/',
    start: () => startOpenaiChat({ authenticated: () => true }),
    urls: same('/v1/chat/completions'),
  },
  {
    name: 'Vertex AI, Claude',
    protocol: 'anthropic',
    service: 'vertex',
    model: 'claude-opus-4-8@20260101',
    base: PLACE,
    start: () => startAnthropic(vertexClaude),
    key: () => google.keyFile,
    urls: [
      `${CLAUDE}/claude-opus-4-8@20260101:rawPredict`,
      `${CLAUDE}/claude-opus-4-8@20260101:streamRawPredict`,
    ],
  },
  {
    name: 'Vertex AI, Gemini',
    protocol: 'gemini',
    service: 'vertex',
    model: 'gemini-2.5-pro',
    base: PLACE,
    start: () =>
      startGemini({
        ...byToken,
        paths: ['generateContent', 'streamGenerateContent'].map(
          (verb) => `${PLACE}/publishers/google/models/gemini-2.5-pro:${verb}`,
        ),
      }),
    key: () => google.userFile,
    urls: [
      `${PLACE}/publishers/google/models/gemini-2.5-pro:generateContent`,
      `${PLACE}/publishers/google/models/gemini-2.5-pro:streamGenerateContent?alt=sse`,
    ],
  },
  {
    name: 'Vertex AI, all others',
    protocol: 'openai-chat',
    service: 'vertex',
    model: 'meta/llama-4',
    base: PLACE,
    start: () => startOpenaiChat({ ...byToken, paths: [`${PLACE}/endpoints/openapi/chat/completions`] }),
    key: () => google.keyFile,
    urls: same(`${PLACE}/endpoints/openapi/chat/completions`),
  },
]

describe.each(HOSTS)('$name', ({ protocol, service, model, base, start, key = () => SCRIPT_KEY, urls }) => {
  let server: ScriptedProvider
  let lane: TestLane
  const provider = (): Provider => ({
    name: 'host',
    protocol,
    baseUrl: server.url + base,
    key: key(),
    models: [],
    ...(service === undefined ? {} : { service }),
  })
  beforeEach(async () => {
    server = await start()
    lane = await openTestLane(protocol, server.url, { provider: provider(), model })
  })
  afterEach(async () => {
    await lane.close()
    await server.close()
  })

  test('answers the real client, whole and as a stream, and is metered', async () => {
    const usage = { input: 150, output: 20 }
    server.script({ text: 'whole', usage }, { text: 'streamed', usage })
    const whole = await generateText({
      model: client(protocol, lane.fetch, model),
      prompt: 'Hi',
      maxRetries: 0,
    })
    const stream = streamText({ model: client(protocol, lane.fetch, model), prompt: 'Hi', maxRetries: 0 })
    await stream.consumeStream()
    expect([whole.text, await stream.text]).toEqual(['whole', 'streamed'])
    expect(server.seen.map(({ url }) => url)).toEqual(urls)
    const spend = { inputTokens: 150, outputTokens: 20, requests: 1 }
    expect(lane.calls).toMatchObject([
      { model, spend },
      { model, spend },
    ])
  })

  test('is tried with a real call before it is kept', async () => {
    server.script({ text: 'pong' })
    expect(await checkProvider(provider(), CLOCK, model)).toMatchObject({ ok: true })
  })
})

test('tokens are counted on Vertex AI without the name of the model in the path', async () => {
  const server = await startAnthropic(vertexClaude)
  const provider = {
    name: 'v',
    protocol: 'anthropic',
    baseUrl: server.url + PLACE,
    key: google.keyFile,
    models: [],
  } as const
  const lane = await openTestLane('anthropic', server.url, {
    provider: { ...provider, service: 'vertex' },
    model: 'claude-opus-4-8',
  })
  const answer = await ask(lane, '/v1/messages/count_tokens', { model: 'claude-opus-4-8', messages: [] })
  expect(answer.text).toBe('{"input_tokens":42}')
  expect(JSON.parse(server.seen[0]?.text ?? '')).toEqual({
    model: 'claude-opus-4-8',
    messages: [],
    anthropic_version: 'vertex-2023-10-16',
  })
  await lane.close()
  await server.close()
})

test('one token serves many calls and is renewed before it ends; the agent sees neither it nor the key', async () => {
  let now = CLOCK()
  const server = await startAnthropic({ ...vertexClaude, refuses: () => JSON.stringify(google.tokens) })
  const provider: Provider = {
    name: 'v',
    protocol: 'anthropic',
    service: 'vertex',
    baseUrl: server.url + PLACE,
    key: google.keyFile,
    models: [],
  }
  const model = 'claude-opus-4-8@20260101'
  const lane = await openTestLane('anthropic', server.url, { provider, model }, { clock: () => now })
  const call = { model, max_tokens: 1, messages: [] }
  server.script({}, {}, {})
  const answers = [await ask(lane, '/v1/messages', call), await ask(lane, '/v1/messages', call)]
  expect(google.tokens).toHaveLength(1)
  now += 3_400_000
  answers.push(await ask(lane, '/v1/messages', call))
  expect(google.tokens).toHaveLength(2)
  expect(JSON.stringify(answers)).not.toContain(google.tokens[1])
  expect(JSON.stringify([answers, lane.events, server.seen])).not.toContain('PRIVATE KEY')
  await lane.close()
  await server.close()
})

test('a credential that is taken no more is a 502, and nothing is spent', async () => {
  await google.close()
  const provider = {
    name: 'v',
    protocol: 'anthropic',
    service: 'vertex',
    key: google.keyFile,
    models: [],
  } as const
  const lane = await openTestLane('anthropic', '', {
    provider: { ...provider, baseUrl: `http://127.0.0.1:9${PLACE}` },
    model: 'm',
  })
  const answer = await ask(lane, '/v1/messages', { model: 'm', max_tokens: 1, messages: [] })
  expect([answer.status, lane.open.spent().microDollars]).toEqual([502, 0])
  await lane.close()
  google = await startGoogleTokenServer()
})

test.each<[string, Partial<Provider>]>([
  ['Azure with a protocol that is not OpenAI’s', { service: 'azure', protocol: 'anthropic' }],
  ['Azure with another question', { service: 'azure', baseUrl: 'https://a.openai.azure.com/openai?x=1' }],
  [
    'Vertex AI without a project',
    { service: 'vertex', key: 'ya29.x', baseUrl: 'https://aiplatform.googleapis.com/v1' },
  ],
  [
    'Vertex AI for OpenAI Responses',
    { service: 'vertex', key: 'ya29.x', protocol: 'openai-responses', baseUrl: `https://g.example${PLACE}` },
  ],
  [
    'a key file that is none',
    { service: 'vertex', key: '{"type":"service_account"}', baseUrl: `https://g.example${PLACE}` },
  ],
  [
    'a key file that would be sent in clear',
    {
      service: 'vertex',
      key: '{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"r","token_uri":"http://a.example/"}',
      baseUrl: `https://g.example${PLACE}`,
    },
  ],
])('%s is refused', (_, wrong) => {
  const provider: Provider = {
    name: 'x',
    protocol: 'openai-chat',
    baseUrl: 'https://a.openai.azure.com',
    key: SCRIPT_KEY,
    models: [],
    ...wrong,
  }
  expect(openEndpoint(provider, CLOCK)).toMatchObject({
    ok: false,
    failure: { code: 'invalid_configuration' },
  })
})
