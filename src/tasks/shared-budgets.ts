import { setTimeout as sleep } from 'node:timers/promises'
import type { NOTHING_SPENT } from '#contract/budget.ts'
import { amountsIn, type Exhausted, reached } from '#gateway/ledger.ts'
import type { SharedBudgets, SharedHold } from '#gateway/shared-budgets.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { personById } from '#store/people.ts'
import { projectById } from '#store/projects.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import {
  type Amounts,
  countSpend,
  holdSpend,
  type LimitState,
  lockLimits,
  type SpentBy,
  settleHold,
} from '#store/shared-budgets.ts'
import type { Workshop } from './workshop.ts'

/** How long a call waits before it looks again whether others turned out cheaper than they reserved. */
const LOOK_AGAIN_MILLISECONDS = 250

type Needs = Pick<Workshop, 'store' | 'clock' | 'random' | 'onProblem'>

/**
 * The budgets an attempt spends from together with others: of its project, requester, agent and organisation, per day and
 * month. They live in the database, so that they hold over every task, process and restart.
 */
export function sharedBudgetsOf(workshop: Needs, task: TaskRow, attempt: string): SharedBudgets {
  const { store, clock, random, onProblem } = workshop
  const by: SpentBy = { project: task.project, person: task.requester.id, agent: task.agent }
  let tail: Promise<unknown> = Promise.resolve()
  let turn: Promise<unknown> = Promise.resolve()

  /** Looks and holds in one transaction, under the lock of every limit that binds the call. */
  const tryOnce = (most: typeof NOTHING_SPENT, usual: typeof NOTHING_SPENT) =>
    store.inOrganisation(task.organisation, async (tx): Promise<Verdict> => {
      const day = dayOf(clock())
      const states = await lockLimits(tx, by, day)
      const gone = firstReached(states, amountsIn(most), (state) => state.used)
      if (gone !== undefined) return { gone: { ...gone.reached, of: await nameOfLimit(tx, gone.state) } }
      if (firstReached(states, amountsIn(most), withHeld) !== undefined) return 'wait'
      const id = newId('hld', random)
      if (states.length > 0) await holdSpend(tx, { id, attempt, day, ...by, most, usual })
      return { id, day, held: states.length > 0, budgets: await named(tx, states) }
    })

  const settle = (hold: Held, spend: typeof NOTHING_SPENT) => {
    const write = () =>
      store.inOrganisation(task.organisation, async (tx) => {
        if (hold.held) await settleHold(tx, hold.id, spend)
        else await countSpend(tx, by, hold.day, amountsIn(spend))
      })
    // A hold that cannot be settled goes on holding: the budget is rather too small than too large.
    tail = tail.then(write).catch((cause: unknown) => onProblem('a spend could not be counted', cause))
  }

  const reserve: SharedBudgets['reserve'] = async (most, usual, signal) => {
    while (!signal.aborted) {
      const verdict = await tryOnce(most, usual)
      if (verdict !== 'wait') return 'gone' in verdict ? verdict.gone : holdOf(verdict, settle)
      await sleep(LOOK_AGAIN_MILLISECONDS, undefined, { signal }).catch(() => undefined)
    }
    return undefined
  }

  return {
    /** One call after the other: an agent whose calls all wait must not have the database looked at for each of them. */
    reserve(most, usual, signal) {
      const mine = turn.then(() => reserve(most, usual, signal))
      turn = mine.catch(() => undefined)
      return mine
    },
    settled: async () => void (await tail),
  }
}

interface Held {
  readonly id: string
  readonly day: string
  /** False where no limit bound the call: what it cost is counted all the same, for limits to come. */
  readonly held: boolean
  readonly budgets: SharedHold['budgets']
}

type Verdict = 'wait' | Held | { readonly gone: Exhausted }

function holdOf(held: Held, settle: (hold: Held, spend: typeof NOTHING_SPENT) => void): SharedHold {
  let open = true
  return {
    budgets: held.budgets,
    settle(spend) {
      if (open) settle(held, spend)
      open = false
    },
  }
}

function firstReached(states: readonly LimitState[], wanted: Amounts, used: (state: LimitState) => Amounts) {
  for (const state of states) {
    const found = reached(state.limits, used(state), wanted)
    if (found !== undefined) return { state, reached: found }
  }
  return undefined
}

function withHeld({ used, held }: LimitState): Amounts {
  return {
    microDollars: used.microDollars + held.microDollars,
    tokens: used.tokens + held.tokens,
    requests: used.requests + held.requests,
  }
}

async function named(tx: Tx, states: readonly LimitState[]): Promise<SharedHold['budgets']> {
  const budgets = []
  for (const state of states)
    budgets.push({ of: await nameOfLimit(tx, state), limits: state.limits, used: state.used })
  return budgets
}

/** `project shop, this month`. */
export async function nameOfLimit(
  tx: Tx,
  state: Pick<LimitState, 'kind' | 'owner' | 'period'>,
): Promise<string> {
  return `${await nameOfOwner(tx, state)}, ${state.period === 'day' ? 'today' : 'this month'}`
}

export async function nameOfOwner(
  tx: Tx,
  { kind, owner }: Pick<LimitState, 'kind' | 'owner'>,
): Promise<string> {
  switch (kind) {
    case 'organisation':
      return 'the organisation'
    case 'agent':
      return `agent ${owner}`
    case 'project':
      return `project ${(await projectById(tx, owner))?.name ?? owner}`
    case 'person':
      return (await personById(tx, owner))?.name ?? owner
  }
}

/** Days and months begin at midnight UTC. */
export function dayOf(now: number): string {
  return instantOf(now).slice(0, 10)
}
