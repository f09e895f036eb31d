import { z } from 'zod'

/**
 * What an attempt may spend. Money is micro-dollars (1 USD = 1,000,000) so that sums are exact integers.
 * Tokens are input + output as the provider bills them, cached input included.
 */
export const Budget = z
  .strictObject({
    microDollars: z.int().min(0).max(10_000_000_000).default(2_000_000),
    tokens: z.int().min(0).max(1_000_000_000).default(5_000_000),
    requests: z.int().min(0).max(100_000).default(500),
    iterations: z
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe('How often gate regressions may go back to the agent'),
    seconds: z
      .int()
      .min(1)
      .max(86_400)
      .default(1_800)
      .describe('Wall-clock of the agent, over all iterations of an attempt'),
  })
  .meta({ id: 'Budget' })

export type Budget = z.infer<typeof Budget>

export const Spend = z
  .strictObject({
    microDollars: z.int().min(0),
    inputTokens: z.int().min(0).describe('Including cached input'),
    cachedInputTokens: z.int().min(0),
    outputTokens: z.int().min(0),
    requests: z.int().min(0),
  })
  .meta({ id: 'Spend' })

export type Spend = z.infer<typeof Spend>

export const NOTHING_SPENT: Spend = {
  microDollars: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  requests: 0,
}
