import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPrices } from '#gateway/prices.ts'
import { anthropic } from '#gateway/protocols/anthropic.ts'
import { openaiChat } from '#gateway/protocols/openai-chat.ts'
import { openaiResponses } from '#gateway/protocols/openai-responses.ts'
import { type Usage, usageFrom } from '#gateway/usage.ts'

const clock = () => Date.parse('2026-01-31T12:00:00.000Z')
const ANTHROPIC = { name: 'anthropic', baseUrl: 'https://api.anthropic.com' }
const LOCAL = { name: 'local', baseUrl: 'http://127.0.0.1:11434' }

test('each protocol counts input with its cache, as one meaning', () => {
  const usage: Usage = { input: 150, cacheRead: 100, cacheWrite: 20, cacheWriteHour: 5, output: 7 }
  expect(
    anthropic.usage({
      usage: {
        input_tokens: 30,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 20,
        cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
        output_tokens: 7,
      },
    }),
  ).toEqual(usage)
  const openai = { ...usage, cacheWrite: 0, cacheWriteHour: 0 }
  expect(
    openaiResponses.usage({
      usage: { input_tokens: 150, input_tokens_details: { cached_tokens: 100 }, output_tokens: 7 },
    }),
  ).toEqual(openai)
  expect(
    openaiChat.usage({
      usage: { prompt_tokens: 150, prompt_tokens_details: { cached_tokens: 100 }, completion_tokens: 7 },
    }),
  ).toEqual(openai)
})

test('a listed model costs what its maker asks, cache and one-hour cache writes apart', () => {
  const prices = createPrices({ clock })
  const usage = { input: 3_000, cacheRead: 1_000, cacheWrite: 1_000, cacheWriteHour: 500, output: 1_000 }
  // per million: input 5, read 0.5, write 6.25, one-hour write 10, output 25
  expect(prices.cost(ANTHROPIC, 'claude-opus-4-8', usage)).toEqual({
    microDollars: 5_000 + 500 + 3_125 + 5_000 + 25_000,
    basis: 'list',
  })
})

test('a model nobody knows is charged at the ceiling, never as nothing', () => {
  const usage = { input: 1_000, cacheRead: 500, cacheWrite: 0, cacheWriteHour: 0, output: 10 }
  expect(createPrices({ clock }).cost(LOCAL, 'my-own', usage)).toEqual({
    microDollars: 15_750,
    basis: 'ceiling',
  })
  const unknown = { input: 1, output: 2 }
  expect(createPrices({ clock, unknown }).cost(LOCAL, 'my-own', usage).microDollars).toBe(1_020)
})

test("the administrator's price wins, by model before by provider, and may be zero", () => {
  const overrides = { 'local/*': { input: 0, output: 0 }, 'local/big': { input: 2, output: 4, cacheRead: 1 } }
  const prices = createPrices({ clock, overrides })
  const usage = { input: 100, cacheRead: 50, cacheWrite: 0, cacheWriteHour: 0, output: 10 }
  expect(prices.cost(LOCAL, 'small', usage)).toEqual({ microDollars: 0, basis: 'override' })
  expect(prices.cost(LOCAL, 'big', usage)).toEqual({ microDollars: 100 + 50 + 40, basis: 'override' })
  expect(prices.cost(LOCAL, '__proto__', usage)).toEqual({ microDollars: 0, basis: 'override' })
})

test('no call costs more than the most its tokens can cost', () => {
  const prices = createPrices({ clock })
  const models = ['claude-opus-4-8', 'claude-sonnet-4-5', 'gpt-5.5', 'my-own']
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.nat(1_000_000),
      fc.nat(1_000_000),
      fc.nat(100_000),
      fc.nat(100_000),
      (model, input, cacheRead, cacheWrite, output) => {
        const usage = usageFrom({ input, cacheRead, cacheWrite, cacheWriteHour: 0, output })
        const { microDollars } = prices.cost(ANTHROPIC, model, usage)
        expect(microDollars).toBeLessThanOrEqual(prices.most(ANTHROPIC, model, usage))
        expect(microDollars > 0).toBe(usage.input + usage.output > 0)
      },
    ),
  )
})

test.each([[Number.NaN], [-5], ['7'], [null], [Number.POSITIVE_INFINITY], [{}]])(
  'a count that is %s is no count',
  (claim) => {
    expect(
      usageFrom({ input: claim, cacheRead: claim, cacheWrite: claim, cacheWriteHour: claim, output: claim }),
    ).toEqual({ input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0 })
  },
)

test('parts never exceed their whole', () => {
  expect(usageFrom({ input: 10, cacheRead: 40, cacheWrite: 5, cacheWriteHour: 9, output: 1 })).toEqual({
    input: 10,
    cacheRead: 10,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: 1,
  })
})
