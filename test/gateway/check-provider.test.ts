import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkProvider } from '#gateway/check-provider.ts'
import type { Provider } from '#gateway/gateway.ts'
import { parseProviderAddress } from '#gateway/provider-address.ts'
import { NO_KEY, providersFromEnvironment } from '#gateway/provider-from-environment.ts'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { startOpenaiChat } from '../support/providers/openai-chat.ts'
import { json, SCRIPT_KEY, type ScriptedProvider } from '../support/providers/scripted-provider.ts'

const check = (provider: Provider, model?: string) => checkProvider(provider, Date.now, model)

let provider: ScriptedProvider
beforeEach(async () => {
  provider = await startAnthropic()
})
afterEach(() => provider.close())

const claude = (more: Partial<Provider> = {}): Provider => ({
  name: 'anthropic',
  protocol: 'anthropic',
  baseUrl: provider.url,
  key: SCRIPT_KEY,
  models: [],
  ...more,
})

test('a provider that lists the model is fine, and nothing is generated', async () => {
  expect(await check(claude(), 'claude-opus-4-8')).toEqual({
    ok: true,
    value: { models: ['claude-opus-4-8'] },
  })
  expect(provider.seen.map(({ url }) => url)).toEqual(['/v1/models'])
})

test('a model that is not listed is tried, since lists leave out aliases', async () => {
  provider.script({ text: 'pong' })
  expect(await check(claude(), 'claude-latest')).toMatchObject({ ok: true })
  expect(JSON.parse(provider.seen[1]?.text ?? '')).toMatchObject({ model: 'claude-latest', max_tokens: 1 })
})

test('a model the provider does not have is unknown_model', async () => {
  const error = { type: 'error', error: { type: 'not_found_error', message: 'model: nope' } }
  provider.script({ raw: (_, res) => json(res, 404, error) })
  expect(await check(claude(), 'nope')).toEqual({
    ok: false,
    failure: {
      code: 'unknown_model',
      message: 'anthropic does not offer nope to this key. It said: model: nope',
      remedy: 'Choose a model that the provider lists.',
      details: { provider: 'anthropic', status: 404 },
    },
  })
})

test('a wrong key is provider_refused, and is not repeated in the message', async () => {
  const checked = await check(claude({ key: 'sk-wrong-0123456789' }))
  expect(checked).toMatchObject({
    ok: false,
    failure: { code: 'provider_refused', details: { status: 401 } },
  })
  expect(JSON.stringify(checked)).not.toContain('sk-wrong')
})

test('a parameter that the model does not take proves the key and the model', async () => {
  const error = { error: { message: "Unsupported parameter: 'max_tokens'", type: 'invalid_request_error' } }
  provider.script({ raw: (_, res) => json(res, 400, error) })
  expect(await check(claude(), 'reasoning')).toMatchObject({ ok: true })
})

test('no quota is provider_refused, a broken server provider_unreachable', async () => {
  provider.script({ raw: (_, res) => json(res, 429, {}) }, { raw: (_, res) => json(res, 503, {}) })
  expect(await check(claude(), 'x')).toMatchObject({ failure: { code: 'provider_refused' } })
  expect(await check(claude(), 'x')).toMatchObject({ failure: { code: 'provider_unreachable' } })
})

test('nobody there is provider_unreachable, and what is no address is invalid_configuration', async () => {
  const nowhere = claude({ baseUrl: 'http://127.0.0.1:9' })
  expect(await check(nowhere)).toMatchObject({ ok: false, failure: { code: 'provider_unreachable' } })
  const wrong = claude({ baseUrl: 'ftp://x' })
  expect(await check(wrong)).toMatchObject({ ok: false, failure: { code: 'invalid_configuration' } })
})

test('an OpenAI-compatible server answers with and without /v1 in its base URL', async () => {
  const chat = await startOpenaiChat()
  for (const suffix of ['', '/', '/v1', '/v1/'])
    expect(await check(claude({ protocol: 'openai-chat', baseUrl: chat.url + suffix }), 'gpt-5.5')).toEqual({
      ok: true,
      value: { models: ['gpt-5.5'] },
    })
  await chat.close()
})

test.each([
  ['https://api.anthropic.com', 'https://api.anthropic.com', '/v1/messages'],
  ['https://api.openai.com/v1/', 'https://api.openai.com', '/v1/messages'],
  ['https://api.groq.com/openai', 'https://api.groq.com', '/openai/v1/messages'],
  ['https://host/v1beta/openai', 'https://host', '/v1beta/openai/messages'],
  ['http://localhost:11434/v1', 'http://localhost:11434', '/v1/messages'],
  ['http://192.168.1.5:8080', 'http://192.168.1.5:8080', '/v1/messages'],
  ['http://[::1]:8080', 'http://[::1]:8080', '/v1/messages'],
  ['http://ollama:11434', 'http://ollama:11434', '/v1/messages'],
])('the base URL %s leads to %s%s', (baseUrl, origin, path) => {
  const address = parseProviderAddress(baseUrl)
  expect(address.ok && [address.value.origin, address.value.pathOf('/messages')]).toEqual([origin, path])
})

test.each([
  ['', 'not the base URL'],
  ['api.anthropic.com', 'not the base URL'],
  ['file:///etc/passwd', 'not the base URL'],
  ['https://host/?key=1', 'not the base URL'],
  ['https://user:secret@host', 'user name or password'],
  ['http://api.anthropic.com', 'in clear'],
  ['http://8.8.8.8', 'in clear'],
  ['http://169.254.169.254/latest', 'in clear'],
  ['http://0xa9fea9fe', 'in clear'],
  ['http://[::ffff:169.254.169.254]', 'in clear'],
  ['http://[fe80::1]', 'in clear'],
  ['http://[fd00:ec2::254]', 'in clear'],
])('the base URL %j is refused', (baseUrl, why) => {
  const address = parseProviderAddress(baseUrl)
  expect(address.ok ? '' : address.failure.message).toContain(why)
})

test('the usual variables become providers, the best known first', () => {
  expect(
    providersFromEnvironment({
      GROQ_API_KEY: 'gsk',
      OPENAI_API_KEY: ' sk ',
      ANTHROPIC_API_KEY: 'ant',
      OPENROUTER_API_KEY: '',
      HOME: '/root',
    }),
  ).toEqual([
    {
      name: 'anthropic',
      protocol: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      key: 'ant',
      models: [],
    },
    {
      name: 'openai',
      protocol: 'openai-responses',
      baseUrl: 'https://api.openai.com',
      key: 'sk',
      models: [],
    },
    { name: 'groq', protocol: 'openai-chat', baseUrl: 'https://api.groq.com/openai', key: 'gsk', models: [] },
  ])
})

test("another server under OpenAI's variables speaks Chat Completions, with or without a key", () => {
  expect(providersFromEnvironment({ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1/' })).toEqual([
    { name: 'openai', protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:11434', key: NO_KEY, models: [] },
  ])
  expect(
    providersFromEnvironment({ OPENAI_BASE_URL: 'https://api.openai.com/v1', OPENAI_API_KEY: 'sk' }),
  ).toMatchObject([{ protocol: 'openai-responses', baseUrl: 'https://api.openai.com' }])
  expect(providersFromEnvironment({})).toEqual([])
})
