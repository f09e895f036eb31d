import type { Budget, Spend } from '#contract/budget.ts'
import { sumOfSpends } from './usage.ts'

export const DIMENSIONS = ['requests', 'tokens', 'money'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** The part of a budget that model calls use up. */
export type CallBudget = Pick<Budget, 'microDollars' | 'tokens' | 'requests'>

/** A limit that is reached: nothing more may be reserved in this dimension. */
export interface Exhausted {
  readonly dimension: Dimension
  readonly used: number
  readonly limit: number
  /** Whose limit it is, where it is not the task's own: `project shop, this month`. */
  readonly of?: string
}

export interface Reservation {
  /** Replaces the estimate by what the call really cost. Only the first call counts. Returns the new total. */
  settle(spend: Spend): Spend
  readonly estimate: Spend
}

export interface Ledger {
  spent(): Spend
  /**
   * Holds an estimate until it is settled. A call that only fits if others turn out cheaper than they reserved waits
   * for them; one that cannot fit is told which limit is reached. So the budget is never passed by more than the one
   * call that was admitted last. Undefined when `signal` aborts the wait. `usual` is what such a call costs usually:
   * charged where a reservation outlives the process that made it.
   */
  reserve(estimate: Spend, signal: AbortSignal, usual?: Spend): Promise<Reservation | Exhausted | undefined>
}

export interface LedgerOptions {
  /** The budget as it is now: asked before anything is refused, since somebody may have raised it. */
  readonly current?: () => Promise<CallBudget>
  /** Told after each call what stands against the budget. */
  readonly onSpent?: (spent: Spend, budget: CallBudget) => void
}

/** The account of one attempt, in memory. */
export function createLedger(granted: CallBudget, before: Spend, options: LedgerOptions = {}): Ledger {
  let budget = granted
  let spent = before
  const held = new Set<Spend>()
  const waiting = new Set<() => void>()

  function hold(estimate: Spend): Reservation {
    held.add(estimate)
    let open = true
    return {
      estimate,
      settle(spend) {
        if (!open) return spent
        open = false
        held.delete(estimate)
        spent = sumOfSpends(spent, spend)
        options.onSpent?.(spent, budget)
        for (const wake of [...waiting]) wake()
        return spent
      },
    }
  }

  function settledOrAborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      waiting.add(done)
      signal.addEventListener('abort', done)
    })
  }

  return {
    spent: () => spent,
    async reserve(estimate, signal) {
      const own = { ...estimate } // its identity is the entry in `held`
      while (!signal.aborted) {
        if (exhausted(budget, spent, own) && options.current) budget = await options.current()
        const gone = exhausted(budget, spent, own)
        if (gone) return gone
        if (!exhausted(budget, sumOfSpends(spent, ...held), own)) return hold(own)
        await settledOrAborted(signal)
      }
      return undefined
    },
  }
}

/** Dimensions the call does not use are not asked: a free model works with no money. */
function exhausted(budget: CallBudget, used: Spend, wanted: Spend): Exhausted | undefined {
  return reached(budget, amountsIn(used), amountsIn(wanted))
}

/** The first limit at which nothing more of what is wanted may be reserved. */
export function reached(
  limits: Readonly<Record<keyof CallBudget, number | null>>,
  used: CallBudget,
  wanted: CallBudget,
): Exhausted | undefined {
  for (const dimension of DIMENSIONS) {
    const part = PART[dimension]
    const limit = limits[part]
    if (limit !== null && wanted[part] > 0 && used[part] >= limit)
      return { dimension, used: used[part], limit }
  }
  return undefined
}

/** The field of a budget for each dimension. */
export const PART = {
  requests: 'requests',
  tokens: 'tokens',
  money: 'microDollars',
} as const satisfies Record<Dimension, keyof CallBudget>

export function amountsIn(spend: Spend): CallBudget {
  const { microDollars, inputTokens, outputTokens, requests } = spend
  return { microDollars, tokens: inputTokens + outputTokens, requests }
}
