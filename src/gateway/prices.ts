import { calcPrice, findProvider } from '@pydantic/genai-prices'
import type { Clock } from '#kernel/instant.ts'
import type { Usage } from './usage.ts'

/** US dollars per million tokens. Cache prices that are left out are the input price. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
}

export interface Cost {
  /** Whole micro-dollars, rounded up. */
  readonly microDollars: number
  /** Where the price came from; `ceiling` means nobody knows it and the configured maximum was charged. */
  readonly basis: 'override' | 'list' | 'ceiling'
}

export interface Prices {
  cost(provider: { readonly name: string; readonly baseUrl: string }, model: string, usage: Usage): Cost
}

export interface PriceOptions {
  /** The administrator's own prices, by `provider/model` or `provider/*`: the only way to make a model free. */
  readonly overrides?: Readonly<Record<string, ModelPrice>>
  /** Charged when no price is known: an unknown price must never count as nothing. */
  readonly ceiling?: ModelPrice
  readonly clock: Clock
}

const CEILING: ModelPrice = { input: 15, output: 75 }

/** Prices calls by the administrator's table, else the bundled public list, else the ceiling. */
export function createPrices(options: PriceOptions): Prices {
  const { overrides = {}, ceiling = CEILING, clock } = options
  return {
    cost(provider, model, usage) {
      const own =
        ownEntry(overrides, `${provider.name}/${model}`) ?? ownEntry(overrides, `${provider.name}/*`)
      if (own) return { microDollars: priced(own, usage), basis: 'override' }
      const listed = listPrice(provider.baseUrl, model, usage, new Date(clock()))
      if (listed !== undefined) return { microDollars: wholeMicroDollars(listed * 1_000_000), basis: 'list' }
      return { microDollars: priced(ceiling, usage), basis: 'ceiling' }
    },
  }
}

function ownEntry(table: Readonly<Record<string, ModelPrice>>, key: string): ModelPrice | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

function priced(price: ModelPrice, usage: Usage): number {
  const plain = usage.input - usage.cacheRead - usage.cacheWrite
  return wholeMicroDollars(
    plain * price.input +
      usage.cacheRead * (price.cacheRead ?? price.input) +
      usage.cacheWrite * (price.cacheWrite ?? price.input) +
      usage.output * price.output,
  )
}

/** Rounds up, but floating-point dust must not become a micro-dollar. */
function wholeMicroDollars(amount: number): number {
  return Math.max(0, Math.ceil(amount - 1e-6))
}

/** A host the list does not know may still serve a model it knows: the maker's price is a better guess than the ceiling. */
function listPrice(baseUrl: string, model: string, usage: Usage, timestamp: Date): number | undefined {
  const tokens = {
    input_tokens: usage.input,
    output_tokens: usage.output,
    cache_read_tokens: usage.cacheRead,
    cache_write_tokens: usage.cacheWrite,
    cache_write_1h_tokens: usage.cacheWriteHour,
  }
  const provider = findProvider({ providerApiUrl: baseUrl })
  try {
    const price = calcPrice(tokens, model, provider ? { provider, timestamp } : { timestamp })
    return price && Number.isFinite(price.total_price) ? price.total_price : undefined
  } catch {
    return undefined // the library throws where usage has a part that the model's prices do not know
  }
}
