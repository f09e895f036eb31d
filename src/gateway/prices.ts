import type { Clock } from '#kernel/instant.ts'
import { createListPrices } from './list-prices.ts'
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

export interface PricedProvider {
  readonly name: string
  readonly baseUrl: string
}

export interface Prices {
  /** False where its price is unknown and the administrator wants no such call. */
  admits(provider: PricedProvider, model: string): boolean
  /** What a call cost. */
  cost(provider: PricedProvider, model: string, usage: Usage): Cost
  /** The most that so many tokens can cost, in whole micro-dollars: without any discount, at the dearest tier. */
  most(provider: PricedProvider, model: string, usage: Pick<Usage, 'input' | 'output'>): number
}

export interface PriceOptions {
  /** The administrator's own prices, by `provider/model` or `provider/*`: the only way to make a model free. */
  readonly overrides?: Readonly<Record<string, ModelPrice>>
  /** Charged when no price is known, or `deny` to refuse such calls: an unknown price must never count as nothing. */
  readonly unknown?: ModelPrice | 'deny'
  readonly clock: Clock
}

const CEILING: ModelPrice = { input: 15, output: 75 }

/** Prices calls by the administrator's table, else the bundled public list, else the ceiling. */
export function createPrices(options: PriceOptions): Prices {
  const { overrides = {}, unknown = CEILING, clock } = options
  const ceiling = unknown === 'deny' ? CEILING : unknown
  const list = createListPrices(clock)
  const own = ({ name }: PricedProvider, model: string) =>
    entry(overrides, `${name}/${model}`) ?? entry(overrides, `${name}/*`)
  return {
    admits: (provider, model) =>
      unknown !== 'deny' || (own(provider, model) ?? list.dearest(provider.baseUrl, model)) !== undefined,
    cost(provider, model, usage) {
      const override = own(provider, model)
      if (override) return { microDollars: priced(override, usage), basis: 'override' }
      const listed = list.cost(provider.baseUrl, model, usage)
      if (listed !== undefined) return { microDollars: wholeMicroDollars(listed), basis: 'list' }
      return { microDollars: priced(ceiling, usage), basis: 'ceiling' }
    },
    most(provider, model, { input, output }) {
      const price: ModelPrice = own(provider, model) ?? list.dearest(provider.baseUrl, model) ?? ceiling
      const dearestInput = Math.max(price.input, price.cacheWrite ?? 0)
      return wholeMicroDollars(input * dearestInput + output * price.output)
    },
  }
}

function entry(table: Readonly<Record<string, ModelPrice>>, key: string): ModelPrice | undefined {
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
