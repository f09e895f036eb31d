import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, type LanguageModel, streamText, tool } from 'ai'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Protocol } from '#gateway/gateway.ts'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { startGemini } from '../support/providers/gemini.ts'
import { startOpenaiChat } from '../support/providers/openai-chat.ts'
import { startOpenaiResponses } from '../support/providers/openai-responses.ts'
import { SCRIPT_KEY, type ScriptedProvider } from '../support/providers/scripted-provider.ts'
import { openTestLane, type TestLane } from './open-test-lane.ts'

interface Client {
  readonly name: string
  readonly protocol: Protocol
  readonly start: () => Promise<ScriptedProvider>
  readonly model: (fetch: typeof globalThis.fetch) => LanguageModel
  /** The input tokens the provider reports so that 100 of 150 are read from its cache. */
  readonly reportedInput: number
}

const CLIENTS: readonly Client[] = [
  {
    name: '@ai-sdk/anthropic',
    protocol: 'anthropic',
    start: startAnthropic,
    model: (fetch) =>
      createAnthropic({ baseURL: 'http://gateway/v1', apiKey: 'none', fetch })('claude-opus-4-8'),
    reportedInput: 50,
  },
  {
    name: '@ai-sdk/openai responses',
    protocol: 'openai-responses',
    start: startOpenaiResponses,
    model: (fetch) =>
      createOpenAI({ baseURL: 'http://gateway/v1', apiKey: 'none', fetch }).responses('gpt-5.5'),
    reportedInput: 150,
  },
  {
    name: '@ai-sdk/openai chat',
    protocol: 'openai-chat',
    start: startOpenaiChat,
    model: (fetch) => createOpenAI({ baseURL: 'http://gateway/v1', apiKey: 'none', fetch }).chat('gpt-5.5'),
    reportedInput: 150,
  },
  {
    name: '@ai-sdk/openai-compatible',
    protocol: 'openai-chat',
    start: startOpenaiChat,
    model: (fetch) =>
      createOpenAICompatible({ name: 'local', baseURL: 'http://gateway/v1', apiKey: 'none', fetch })(
        'gpt-5.5',
      ),
    reportedInput: 150,
  },
  {
    name: '@ai-sdk/google',
    protocol: 'gemini',
    start: startGemini,
    model: (fetch) =>
      createGoogle({ baseURL: 'http://gateway/v1beta', apiKey: 'none', fetch })('gemini-2.5-pro'),
    reportedInput: 150,
  },
]

const KEY_HEADERS: Readonly<Record<Protocol, string>> = {
  anthropic: 'x-api-key',
  'openai-responses': 'authorization',
  'openai-chat': 'authorization',
  gemini: 'x-goog-api-key',
}

const tools = {
  read: tool({
    description: 'Reads a file',
    inputSchema: z.object({ path: z.string() }),
    execute: () => 'contents',
  }),
}

let provider: ScriptedProvider
let lane: TestLane

afterEach(async () => {
  await lane.close()
  await provider.close()
})

describe.each(CLIENTS)('$name through the gateway', ({ protocol, start, model, reportedInput }) => {
  const usage = { input: reportedInput, output: 20, cacheRead: 100 }
  const spent = { inputTokens: 150, cachedInputTokens: 100, outputTokens: 20, requests: 1 }

  test('a whole answer arrives and is metered', async () => {
    provider = await start()
    lane = await openTestLane(protocol, provider.url)
    provider.script({ text: 'Hello, world', usage })
    const result = await generateText({ model: model(lane.fetch), prompt: 'Hi', maxRetries: 0 })
    expect(result.text).toBe('Hello, world')
    expect(result.usage).toMatchObject({ inputTokens: 150, outputTokens: 20 })
    expect(lane.calls).toMatchObject([{ status: 200, provider: 'scripted', spend: spent, total: spent }])
    expect(lane.calls[0]?.spend.microDollars).toBeGreaterThan(0)
    expect(lane.calls[0]).not.toHaveProperty('note')
  })

  test('a stream with a tool call arrives, is metered, and the key was put in on the way', async () => {
    provider = await start()
    lane = await openTestLane(protocol, provider.url)
    provider.script({
      text: 'Looking',
      toolCalls: [{ id: 'call_1', name: 'read', input: { path: 'a.ts' } }],
      usage,
    })
    const result = streamText({ model: model(lane.fetch), tools, prompt: 'Read a.ts', maxRetries: 0 })
    await result.consumeStream()
    expect(await result.text).toBe('Looking')
    expect(await result.toolCalls).toMatchObject([{ toolName: 'read', input: { path: 'a.ts' } }])
    expect(lane.calls).toMatchObject([{ status: 200, spend: spent }])
    const headers = provider.seen[0]?.headers ?? {}
    expect(headers[KEY_HEADERS[protocol]]).toContain(SCRIPT_KEY)
    expect(JSON.stringify(headers)).not.toContain('none')
  })

  test('an exhausted budget is shown by the client and not tried again', async () => {
    provider = await start()
    lane = await openTestLane(protocol, provider.url, { budget: { ...BUDGET_OF_ONE } })
    provider.script({ text: 'first', usage })
    await generateText({ model: model(lane.fetch), prompt: 'Hi' })
    const second = generateText({ model: model(lane.fetch), prompt: 'Hi again' })
    await expect(second).rejects.toThrow(/Airlock: The budget for requests is used up: 1 of 1/)
    expect(provider.seen).toHaveLength(1)
    expect(lane.open.exhausted()).toBe(true)
    expect(lane.refusals).toMatchObject([{ boundary: 'budget', rule: 'budget.requests' }])
  })
})

const BUDGET_OF_ONE = { microDollars: 1e9, tokens: 1e8, requests: 1, iterations: 1, seconds: 60 }
