import type { Budget, Spend } from '#contract/budget.ts'
import { sumOfSpends } from './usage.ts'

export type Dimension = 'money' | 'tokens' | 'requests'

/** A limit that is reached: nothing more may be reserved in this dimension. */
export interface Exhausted {
  readonly dimension: Dimension
  readonly used: number
  readonly limit: number
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
   * call that was admitted last. Undefined when `signal` aborts the wait.
   */
  reserve(estimate: Spend, signal: AbortSignal): Promise<Reservation | Exhausted | undefined>
}

export function createLedger(
  budget: Pick<Budget, 'microDollars' | 'tokens' | 'requests'>,
  before: Spend,
): Ledger {
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
function exhausted(
  budget: Pick<Budget, 'microDollars' | 'tokens' | 'requests'>,
  used: Spend,
  wanted: Spend,
): Exhausted | undefined {
  const rows: readonly [Dimension, number, number, number][] = [
    ['requests', used.requests, budget.requests, wanted.requests],
    ['tokens', tokens(used), budget.tokens, tokens(wanted)],
    ['money', used.microDollars, budget.microDollars, wanted.microDollars],
  ]
  const row = rows.find(([, now, limit, more]) => more > 0 && now >= limit)
  return row && { dimension: row[0], used: row[1], limit: row[2] }
}

function tokens(spend: Spend): number {
  return spend.inputTokens + spend.outputTokens
}
