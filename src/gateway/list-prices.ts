import { calcPrice, findProvider, type Provider } from '@pydantic/genai-prices'
import type { Clock } from '#kernel/instant.ts'
import type { Usage } from './usage.ts'

/** The bundled public price list, by the address of a provider and the name of a model. */
export interface ListPrices {
  /** Micro-dollars, with a fraction; undefined for a model that is not listed. */
  cost(baseUrl: string, model: string, usage: Usage): number | undefined
  /** Dollars per million tokens at the dearest tier. */
  dearest(baseUrl: string, model: string): { readonly input: number; readonly output: number } | undefined
}

interface Listed {
  /** The provider with this one model: the library matches a name against every model it is given. */
  readonly provider: Provider
  readonly dearest: { readonly input: number; readonly output: number }
  /** Micro-dollars per token of each kind; absent for a model whose price depends on how much is asked. */
  readonly flat: Usage | undefined
}

/** A name may be the agent's invention; beyond this many all are looked up anew. */
const MOST_REMEMBERED = 1_000

export function createListPrices(clock: Clock): ListPrices {
  const remembered = new Map<string, Listed | undefined>()
  const find = (baseUrl: string, model: string): Listed | undefined => {
    const key = `${baseUrl} ${model}`
    if (!remembered.has(key)) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      remembered.set(key, lookUp(baseUrl, model, new Date(clock())))
    }
    return remembered.get(key)
  }
  return {
    cost(baseUrl, model, usage) {
      const listed = find(baseUrl, model)
      if (listed?.flat) return flatCost(listed.flat, usage)
      return listed && microDollars(listed.provider, model, tokensOf(usage), new Date(clock()))
    },
    dearest: (baseUrl, model) => find(baseUrl, model)?.dearest,
  }
}

/** A host that is not listed may still serve a model that is: the maker's price is a better guess than the ceiling. */
function lookUp(baseUrl: string, model: string, timestamp: Date): Listed | undefined {
  const host = findProvider({ providerApiUrl: baseUrl })
  const found = calcPrice({}, model, host ? { provider: host, timestamp } : { timestamp })
  if (!found) return undefined
  const provider = { ...found.provider, models: [found.model] }
  const perToken = (tokens: Record<string, number>) =>
    (microDollars(provider, model, tokens, timestamp) ?? 0) / MANY
  return {
    provider,
    // a list of prices holds those of other hours and dates
    flat: Array.isArray(found.model.prices)
      ? undefined
      : flatPrices((usage) => microDollars(provider, model, tokensOf(usage), timestamp)),
    dearest: {
      input: Math.max(
        perToken({ input_tokens: MANY }),
        perToken({ input_tokens: MANY, cache_write_tokens: MANY }),
      ),
      // the tier of an answer is that of its question
      output: perToken({ input_tokens: MANY, output_tokens: MANY }) - perToken({ input_tokens: MANY }),
    },
  }
}

/**
 * The price of one token of each kind where a hundred million cost as much apiece, whatever else is asked: the library takes as long
 * for one price as the rest of a call. Undefined for tiers, and for a model that has no price for some kind.
 */
function flatPrices(cost: (usage: Usage) => number | undefined): Usage | undefined {
  const one = (part: keyof Usage, among: number) => {
    const base = { ...NO_USAGE, input: 2 * among }
    const whole = part.startsWith('cacheWrite') ? { cacheWrite: among } : {}
    const more = part === 'input' ? { input: 3 * among } : { ...whole, [part]: among }
    return ((cost({ ...base, ...more }) ?? Number.NaN) - (cost(base) ?? Number.NaN)) / among
  }
  const flat = { ...NO_USAGE }
  for (const part of PARTS) {
    const [few, many] = [one(part, 1_000), one(part, MANY)]
    if (!(Math.abs(few - many) <= 1e-9 * Math.max(1, Math.abs(many)))) return undefined
    flat[part] = many
  }
  return flat
}

const NO_USAGE = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0 }
const PARTS = Object.keys(NO_USAGE) as (keyof Usage)[]

function flatCost(flat: Usage, usage: Usage): number {
  // what an hour adds to a token that is written to the cache is over what five minutes add
  const hour = flat.cacheWriteHour - flat.cacheWrite
  return (
    usage.input * flat.input +
    usage.cacheRead * flat.cacheRead +
    usage.cacheWrite * flat.cacheWrite +
    usage.cacheWriteHour * hour +
    usage.output * flat.output
  )
}

/** Reaches the last tier of every model. */
const MANY = 100_000_000

function tokensOf(usage: Usage): Record<string, number> {
  return {
    input_tokens: usage.input,
    output_tokens: usage.output,
    ...(usage.cacheRead > 0 ? { cache_read_tokens: usage.cacheRead } : {}),
    ...(usage.cacheWrite > 0 ? { cache_write_tokens: usage.cacheWrite } : {}),
    ...(usage.cacheWriteHour > 0 ? { cache_write_1h_tokens: usage.cacheWriteHour } : {}),
  }
}

function microDollars(
  provider: Provider,
  model: string,
  tokens: Record<string, number>,
  timestamp: Date,
): number | undefined {
  try {
    const price = calcPrice(tokens, model, { provider, timestamp })
    return price && Number.isFinite(price.total_price) ? price.total_price * 1_000_000 : undefined
  } catch {
    return undefined // the library throws where usage has a part that the model's prices do not know
  }
}
