import { z } from 'zod'
import { pageOf } from './api.ts'
import { Budget } from './budget.ts'

/** Whose spending is counted together. */
export const BudgetOwner = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('organisation') }),
    z.strictObject({ kind: z.literal('project'), project: z.string().max(100).describe('Id or name') }),
    z.strictObject({
      kind: z.literal('person'),
      person: z.string().max(320).describe('Id or e-mail address'),
    }),
    z.strictObject({ kind: z.literal('agent'), agent: z.string().max(100) }),
  ])
  .meta({ id: 'BudgetOwner' })
export type BudgetOwner = z.infer<typeof BudgetOwner>

/** Days and months begin at midnight UTC. */
export const BudgetPeriod = z.enum(['day', 'month'])
export type BudgetPeriod = z.infer<typeof BudgetPeriod>

const amount = z.int().min(0).max(1_000_000_000_000)

/** What is left out is not limited. */
export const SharedLimits = z.strictObject({
  microDollars: amount.optional(),
  tokens: amount.optional(),
  requests: amount.optional(),
})
export type SharedLimits = z.infer<typeof SharedLimits>

/** A limit that several tasks spend from together. */
export const SharedBudgetRequest = z
  .strictObject({ owner: BudgetOwner, period: BudgetPeriod, limits: SharedLimits })
  .describe('Replaces the one that was there; without any limit it is removed')
  .meta({ id: 'SharedBudgetRequest' })
export type SharedBudgetRequest = z.infer<typeof SharedBudgetRequest>

export const SharedBudget = z
  .strictObject({
    owner: BudgetOwner,
    name: z.string().describe('As people know it: `project shop`'),
    period: BudgetPeriod,
    limits: SharedLimits,
    used: z.strictObject({ microDollars: z.int(), tokens: z.int(), requests: z.int() }),
    held: z
      .strictObject({ microDollars: z.int(), tokens: z.int(), requests: z.int() })
      .describe('Reserved by calls that are still running'),
  })
  .meta({ id: 'SharedBudget' })
export type SharedBudget = z.infer<typeof SharedBudget>
export const SharedBudgetPage = pageOf(SharedBudget, 'SharedBudgetPage')

/** The new budget of a task, in the parts that change; none may become smaller. */
export const BudgetRaise = z
  .strictObject({
    microDollars: Budget.shape.microDollars.removeDefault().optional(),
    tokens: Budget.shape.tokens.removeDefault().optional(),
    requests: Budget.shape.requests.removeDefault().optional(),
    iterations: Budget.shape.iterations.removeDefault().optional(),
    seconds: Budget.shape.seconds.removeDefault().optional(),
  })
  .meta({ id: 'BudgetRaise' })
export type BudgetRaise = z.infer<typeof BudgetRaise>
