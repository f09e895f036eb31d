import { NOTHING_SPENT, type Spend } from '#contract/budget.ts'

/** Tokens of one call, the same meaning for every protocol: `input` includes what was read from and written to a cache. */
export interface Usage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** The part of `cacheWrite` kept for an hour, which costs more. */
  readonly cacheWriteHour: number
  /** Includes reasoning. */
  readonly output: number
}

/** What a provider claims, made safe to add and to price: whole, never negative, parts within their whole. */
export function usageFrom(claim: { readonly [part in keyof Usage]: unknown }): Usage {
  const input = whole(claim.input)
  const cacheRead = Math.min(whole(claim.cacheRead), input)
  const cacheWrite = Math.min(whole(claim.cacheWrite), input - cacheRead)
  return {
    input,
    cacheRead,
    cacheWrite,
    cacheWriteHour: Math.min(whole(claim.cacheWriteHour), cacheWrite),
    output: whole(claim.output),
  }
}

/** The number of tokens a field claims; 0 for anything that is not a count. */
export function whole(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
    ? Math.min(Math.ceil(value), 1_000_000_000)
    : 0
}

export function spendOf(usage: Usage, microDollars: number): Spend {
  return {
    microDollars,
    inputTokens: usage.input,
    cachedInputTokens: usage.cacheRead,
    outputTokens: usage.output,
    requests: 1,
  }
}

export function sumOfSpends(...spends: readonly Spend[]): Spend {
  return spends.reduce(
    (sum, spend) => ({
      microDollars: sum.microDollars + spend.microDollars,
      inputTokens: sum.inputTokens + spend.inputTokens,
      cachedInputTokens: sum.cachedInputTokens + spend.cachedInputTokens,
      outputTokens: sum.outputTokens + spend.outputTokens,
      requests: sum.requests + spend.requests,
    }),
    NOTHING_SPENT,
  )
}
