import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventBody } from '#contract/event.ts'
import { type CallBudget, DIMENSIONS, type Dimension, PART } from './ledger.ts'

/** From this share of a limit on, an agent is told to wrap up. */
const THRESHOLD = 0.8

export type BudgetWarning = Extract<EventBody, { kind: 'budget' }>

/** What the agent finds in `budget.json` beside its sockets. An agent reads; nobody's answer is altered. */
export interface BudgetNote {
  /** True once so much of any budget is used that the work should come to its end. */
  readonly wrapUp: boolean
  readonly budgets: readonly {
    readonly of: string
    readonly dimension: Dimension
    readonly used: number
    readonly limit: number
  }[]
}

export interface BudgetNotice {
  /** What stands against one budget now; a limit that is null is none. */
  note(of: string, limits: Readonly<Record<keyof CallBudget, number | null>>, used: CallBudget): void
  /** Resolves once what was noted is written. */
  written(): Promise<void>
}

/**
 * Keeps `budget.json` in the lane's directory true to a percent, and warns once for each limit that comes near. The file is replaced
 * whole, so that a reader never finds half of it.
 */
export function createBudgetNotice(
  directory: string,
  onWarning: (warning: BudgetWarning) => void,
): BudgetNotice {
  const known = new Map<string, BudgetNote['budgets'][number]>()
  const warned = new Set<string>()
  let tail = Promise.resolve()
  let pending = false

  async function write(): Promise<void> {
    pending = false
    const budgets = [...known.values()]
    const note: BudgetNote = { wrapUp: budgets.some(isNear), budgets }
    const file = join(directory, 'budget.json')
    await writeFile(`${file}.new`, `${JSON.stringify(note)}\n`, { mode: 0o644 })
    await rename(`${file}.new`, file)
  }

  return {
    note(of, limits, used) {
      let stale = false
      for (const dimension of DIMENSIONS) {
        const limit = limits[PART[dimension]]
        if (limit === null) continue
        const key = `${of}\0${dimension}`
        const state = { of, dimension, used: used[PART[dimension]], limit }
        stale ||= percent(state) !== percent(known.get(key))
        known.set(key, state)
        if (!isNear(state)) warned.delete(key)
        else if (!warned.has(key)) {
          warned.add(key)
          onWarning({ kind: 'budget', ...state })
        }
      }
      if (!stale || pending) return
      pending = true
      // The directory may be gone already: then nobody is there to read.
      tail = tail.then(write).catch(() => undefined)
    },
    written: () => tail,
  }
}

/** A file for each call would cost more than the call: what is not seen in the percent can wait. */
function percent(state: { readonly used: number; readonly limit: number } | undefined): number {
  return state === undefined ? -1 : Math.floor((100 * state.used) / state.limit)
}

function isNear({ used, limit }: { readonly used: number; readonly limit: number }): boolean {
  return limit > 0 && used >= limit * THRESHOLD
}
