import { calcPrice, findProvider } from '@pydantic/genai-prices'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createListPrices } from '#gateway/list-prices.ts'
import { usageFrom } from '#gateway/usage.ts'

const NOW = () => Date.parse('2026-01-31T12:00:00.000Z')
const PROVIDERS = [
  'https://api.anthropic.com',
  'https://api.openai.com',
  'https://generativelanguage.googleapis.com',
  'https://api.deepseek.com',
]
const MODELS = PROVIDERS.flatMap((url) =>
  (findProvider({ providerApiUrl: url })?.models ?? []).map(({ id }): [string, string] => [url, id]),
)

/** What the library itself says, in micro-dollars. */
function asListed(url: string, model: string, tokens: Record<string, number>): number | undefined {
  const provider = findProvider({ providerApiUrl: url })
  try {
    const price = calcPrice(tokens, model, { timestamp: new Date(NOW()), ...(provider ? { provider } : {}) })
    return price ? price.total_price * 1_000_000 : undefined
  } catch {
    return undefined
  }
}

test('a price counted here is the one that the list says, for every model of the great makers', () => {
  const list = createListPrices(NOW)
  const part = fc.oneof(fc.nat(5_000), fc.nat(2_000_000))
  expect(MODELS.length).toBeGreaterThan(50)
  fc.assert(
    fc.property(fc.constantFrom(...MODELS), part, part, part, part, part, ([url, model], ...parts) => {
      const [input = 0, cacheRead, cacheWrite, cacheWriteHour, output] = parts
      const usage = usageFrom({ input: input * 3, cacheRead, cacheWrite, cacheWriteHour, output })
      const listed = asListed(url, model, {
        input_tokens: usage.input,
        output_tokens: usage.output,
        ...(usage.cacheRead > 0 ? { cache_read_tokens: usage.cacheRead } : {}),
        ...(usage.cacheWrite > 0 ? { cache_write_tokens: usage.cacheWrite } : {}),
        ...(usage.cacheWriteHour > 0 ? { cache_write_1h_tokens: usage.cacheWriteHour } : {}),
      })
      const counted = list.cost(url, model, usage)
      if (listed === undefined) expect(counted).toBeUndefined()
      else expect(Math.abs((counted ?? Number.NaN) - listed)).toBeLessThan(1e-6 * Math.max(1, listed))
    }),
    { numRuns: 1_000 },
  )
})
