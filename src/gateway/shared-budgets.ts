import { NOTHING_SPENT, type Spend } from '#contract/budget.ts'
import type { BudgetNotice } from './budget-notice.ts'
import type { CallBudget, Exhausted, Ledger } from './ledger.ts'

/** What one lane may spend together with others: of its project, requester, agent and organisation. */
export interface SharedBudgets {
  /**
   * Holds what a call may cost in every budget that binds it, or says which of them is used up; waits where it only fits
   * if others turn out cheaper. Undefined when `signal` aborts the wait. Rejects when it cannot be known: then the call
   * does not go.
   */
  reserve(most: Spend, usual: Spend, signal: AbortSignal): Promise<SharedHold | Exhausted | undefined>
  /** Resolves once everything that was settled is stored. */
  settled(): Promise<void>
}

export interface SharedHold {
  /** What stood against each budget that binds the call, when it was admitted. */
  readonly budgets: readonly {
    readonly of: string
    readonly limits: Readonly<Record<keyof CallBudget, number | null>>
    readonly used: CallBudget
  }[]
  /** Only the first call counts. */
  settle(spend: Spend): void
}

/** A ledger that admits a call only if the attempt's own budget and every shared one admit it. */
export function withShared(
  own: Ledger,
  shared: SharedBudgets | undefined,
  note: BudgetNotice['note'],
): Ledger {
  if (shared === undefined) return own
  return {
    spent: own.spent,
    async reserve(estimate, signal, usual = estimate) {
      const ours = await own.reserve(estimate, signal, usual)
      if (ours === undefined || 'dimension' in ours) return ours
      const theirs = await shared.reserve(estimate, usual, signal).catch((error: unknown) => {
        ours.settle(NOTHING_SPENT)
        throw error
      })
      if (theirs === undefined || 'dimension' in theirs) {
        ours.settle(NOTHING_SPENT)
        return theirs
      }
      for (const { of, limits, used } of theirs.budgets) note(of, limits, used)
      return {
        estimate,
        settle(spend) {
          theirs.settle(spend)
          return ours.settle(spend)
        },
      }
    },
  }
}
