import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, type LanguageModel, stepCountIs, streamText, tool } from 'ai'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { turns } from '#demo/script.ts'
import { type ScriptedModel, startScriptedModel } from '#demo/scripted-model.ts'

const VOICES: Readonly<Record<string, (url: string) => LanguageModel>> = {
  anthropic: (url) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'key' })('m'),
  'openai-responses': (url) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'key' }).responses('m'),
  'openai-chat': (url) =>
    createOpenAICompatible({ baseURL: `${url}/v1`, apiKey: 'key', name: 'x', includeUsage: true })('m'),
}

const SCRIPT = turns(
  {
    text: 'I add. “Ünïcode” too.',
    toolCalls: [
      { name: 'add', input: { a: 1, b: 2 } },
      { name: 'add', input: { a: 3, b: 4 } },
    ],
  },
  { text: 'Three and seven.' },
)

const add = tool({
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  execute: async ({ a, b }) => `sum ${a + b}`,
})

let server: ScriptedModel | undefined

afterEach(async () => {
  await server?.close()
})

describe.each(Object.entries(VOICES))('the scripted model over %s', (_, voice) => {
  it('plays its script to a streaming client', async () => {
    const results: string[][] = []
    server = await startScriptedModel({
      key: 'key',
      script: (conversation) => {
        results.push([...conversation.toolResults])
        return SCRIPT(conversation)
      },
    })
    const stream = streamText({
      model: voice(server.url),
      prompt: 'Add.',
      tools: { add },
      stopWhen: stepCountIs(5),
    })
    const steps = await stream.steps
    expect(steps.map((step) => [step.text, step.toolCalls.map((call) => call.input)])).toEqual([
      [
        'I add. “Ünïcode” too.',
        [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ],
      ],
      ['Three and seven.', []],
    ])
    expect(results).toEqual([[], [expect.stringContaining('sum 3'), expect.stringContaining('sum 7')]])
    expectUsage(steps.map((step) => step.usage))
  })

  it('plays its script to a client that wants whole answers', async () => {
    server = await startScriptedModel({ script: SCRIPT })
    const { steps, text } = await generateText({
      model: voice(server.url),
      prompt: 'Add.',
      tools: { add },
      stopWhen: stepCountIs(5),
    })
    expect({ text, finish: steps.map((step) => step.finishReason) }).toEqual({
      text: 'Three and seven.',
      finish: ['tool-calls', 'stop'],
    })
    expectUsage(steps.map((step) => step.usage))
    expect(server.requests().map(({ body }) => body.stream ?? false)).toEqual([false, false])
  })

  it('refuses a wrong key in the words of its protocol', async () => {
    server = await startScriptedModel({ script: SCRIPT, key: 'another' })
    await expect(
      generateText({ model: voice(server.url), prompt: 'x', maxRetries: 0 }),
    ).rejects.toMatchObject({
      statusCode: 401,
      message: 'invalid key',
    })
    expect(server.requests()).toEqual([])
  })
})

interface UsageSeen {
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly inputTokenDetails: { readonly cacheReadTokens: number | undefined }
}

/** Input includes what came from the cache, whatever the protocol calls it; the first turn has no cache to read. */
function expectUsage(usages: readonly UsageSeen[]): void {
  const [first, second] = usages
  expect(first?.inputTokenDetails.cacheReadTokens ?? 0).toBe(0)
  expect(second?.inputTokenDetails.cacheReadTokens).toBe(Math.floor((second?.inputTokens ?? 0) * 0.8))
  for (const usage of usages) {
    expect(usage.inputTokens).toBeGreaterThan(10)
    expect(usage.outputTokens).toBeGreaterThan(5)
  }
}
