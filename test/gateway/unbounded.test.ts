import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Protocol } from '#gateway/gateway.ts'
import { BUDGET, openTestLane } from './open-test-lane.ts'

const PATHS = {
  anthropic: '/v1/messages',
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  gemini: '/v1beta/models/m:generateContent',
} as const

/** A provider whose every answer is as long as answers get. */
let provider: Server
let usage: object

beforeEach(async () => {
  provider = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ usage, usageMetadata: usage }))
    })
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
})

afterEach(() => provider.close())

/** Sends a call fifty times at once, on a budget that one of them uses up. */
async function fiftyAtOnce(protocol: Protocol, body: object) {
  const { port } = provider.address() as AddressInfo
  const lane = await openTestLane(
    protocol,
    `http://127.0.0.1:${port}`,
    { model: 'm', budget: { ...BUDGET, microDollars: 100_000, tokens: 900_000_000 } },
    {
      prices: {
        admits: () => true,
        cost: () => ({ microDollars: 128_000, basis: 'list' }),
        most: (_, __, { input, output }) => input + output,
      },
    },
  )
  const call = () =>
    lane.fetch(`http://gateway${PATHS[protocol]}`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', ...body }),
    })
  const answers = await Promise.all(Array.from({ length: 50 }, async () => (await call()).status))
  const spent = lane.open.spent()
  await lane.close()
  return { answered: answers.filter((status) => status === 200).length, spent: spent.microDollars }
}

describe('calls whose cost a request does not tell', () => {
  test.each<[Protocol, object]>([
    ['anthropic', { messages: [], max_tokens: -1 }],
    ['anthropic', { messages: [], max_tokens: '64000' }],
    ['anthropic', { messages: [], max_tokens: 0.5 }],
    ['openai-chat', { messages: [] }],
    ['openai-chat', { messages: [], max_completion_tokens: 1, max_tokens: 128_000 }],
    ['openai-chat', { messages: [], max_completion_tokens: 1, max_tokens: -1 }],
    ['openai-responses', { input: 'x' }],
    ['gemini', { contents: [] }],
    [
      'gemini',
      { generationConfig: { maxOutputTokens: 1 }, generation_config: { max_output_tokens: 99_999 } },
    ],
  ])('run one after the other, so that %s %j passes the budget once', async (protocol, body) => {
    usage = {
      output_tokens: 128_000,
      completion_tokens: 128_000,
      promptTokenCount: 1,
      candidatesTokenCount: 128_000,
    }
    expect(await fiftyAtOnce(protocol, body)).toEqual({ answered: 1, spent: 128_000 })
  })

  test.each<[Protocol, object]>([
    ['openai-responses', { input: 'x', max_output_tokens: 1, previous_response_id: 'resp_1' }],
    ['openai-responses', { input: 'x', max_output_tokens: 1, conversation: { id: 'conv_1' } }],
    ['openai-responses', { input: [{ type: 'item_reference', id: 'msg_1' }], max_output_tokens: 1 }],
    [
      'openai-chat',
      { messages: [{ content: [{ type: 'file', file: { file_id: 'file-1' } }] }], max_tokens: 1 },
    ],
    ['anthropic', { messages: [{ content: [{ source: { type: 'file', file_id: 'f' } }] }], max_tokens: 1 }],
  ])('which add what the provider has stored do so too: %s %j', async (protocol, body) => {
    usage = { input_tokens: 900_000, output_tokens: 1, completion_tokens: 1, prompt_tokens: 900_000 }
    expect(await fiftyAtOnce(protocol, body)).toEqual({ answered: 1, spent: 128_000 })
  })

  test.each([{ n: 128 }, { n: '2' }, { best_of: 20 }])('for many answers are refused: %j', async (many) => {
    const body = { messages: [], max_tokens: 1, ...many }
    expect(await fiftyAtOnce('openai-chat', body)).toEqual({ answered: 0, spent: 0 })
  })

  test.each([{ n: 1 }, { n: null }, {}])('for one answer are let through: %j', async (one) => {
    usage = { completion_tokens: 1, prompt_tokens: 1 }
    const body = { messages: [], max_tokens: 100_000, ...one }
    expect(await fiftyAtOnce('openai-chat', body)).toEqual({ answered: 1, spent: 128_000 })
  })
})
