import type { Spend } from '#contract/budget.ts'
import type { Admission } from './admit.ts'
import type { CallEnding } from './answer.ts'
import type { PricedProvider, Prices } from './prices.ts'
import { spendOf, type Usage, usageFrom } from './usage.ts'

/** What a price depends on. */
export interface Priced {
  readonly prices: Prices
  readonly provider: PricedProvider
}

type Purpose = 'generate' | 'count'

/** What a call costs by its ending: what the provider said, nothing where it refused, else what such a call usually costs. */
export function bill(
  priced: Priced,
  purpose: Purpose,
  admitted: Admission,
  { ending, usage, said, received = 0 }: CallEnding,
): { readonly spend: Spend; readonly note?: string } {
  if (purpose === 'count' || ending === 'refused' || ending === 'unsent') return { spend: NOTHING }
  if (!usage)
    return {
      spend: usualOf(priced, purpose, admitted, received, said),
      note: 'The provider did not say what this call used; charged as reserved.',
    }
  const { microDollars, basis } = priced.prices.cost(priced.provider, admitted.model, usage)
  const spend = spendOf(usage, microDollars)
  return basis === 'ceiling' ? { spend, note: CEILING } : { spend }
}

const CEILING = 'The price of this model is not known; charged at the ceiling.'
const NO_USAGE = usageFrom({ input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0 })
const NOTHING = spendOf(NO_USAGE, 0)

/** More than the models of today say at once, and read at once: held where a request does not tell. */
const LONGEST_OUTPUT = 131_072
const LONGEST_INPUT = 1_000_000
/** Charged where a request sets no bound and the provider does not say what was used. */
const USUAL_OUTPUT = 16_384
const BYTES_PER_TOKEN = 3

/** The most a call can cost: what is held while it runs, so that calls at once do not pass the budget together. */
export function mostOf(priced: Priced, purpose: Purpose, { body, model, request }: Admission): Spend {
  if (purpose === 'count') return NOTHING
  const input = request.addsStored ? Math.max(LONGEST_INPUT, body.length) : body.length
  return spendAtMost(priced, model, input, request.outputTokens ?? LONGEST_OUTPUT)
}

/** What a call that told not all of its cost is charged: what it was allowed to say, or could have said by what came. */
export function usualOf(
  priced: Priced,
  purpose: Purpose,
  { body, model, request }: Admission,
  received: number,
  said: Usage = NO_USAGE,
): Spend {
  if (purpose === 'count') return NOTHING
  const usual = Math.max(USUAL_OUTPUT, Math.ceil(received / BYTES_PER_TOKEN))
  const output = request.outputTokens ?? Math.min(usual, LONGEST_OUTPUT)
  // An agent that hangs up before the bill comes must not pay less for what it let the provider add.
  const input = request.addsStored ? LONGEST_INPUT : Math.ceil(body.length / BYTES_PER_TOKEN)
  return spendAtMost(priced, model, Math.max(input, said.input), Math.max(output, said.output))
}

function spendAtMost({ prices, provider }: Priced, model: string, input: number, output: number): Spend {
  const usage: Usage = { ...NO_USAGE, input, output }
  return spendOf(usage, prices.most(provider, model, usage))
}
