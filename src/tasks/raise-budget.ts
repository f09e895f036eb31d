import type { Budget } from '#contract/budget.ts'
import type { BudgetRaise } from '#contract/shared-budget.ts'
import { END_STATES, type Task } from '#contract/task.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { appendEvents } from '#store/events.ts'
import { taskView } from '#store/task-view.ts'
import { raiseTaskBudget, taskById } from '#store/tasks.ts'
import { logAction } from './log-action.ts'
import { findTask } from './reference.ts'
import type { Workshop } from './workshop.ts'

/**
 * Gives a task more. Money, tokens and requests count at once, also for an agent that is at work; time and iterations from
 * its next run on. It never takes anything away: a smaller budget would be a way to fail somebody's task unseen.
 */
export async function raiseBudget(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  raise: BudgetRaise,
): Promise<Result<Task>> {
  const found = await findTask(workshop.store, actor.organisation, reference)
  if (!found.ok) return found
  return workshop.store.inOrganisation(actor.organisation, async (tx) => {
    const raised = await raiseTaskBudget(tx, found.value.id, (task) => {
      if (END_STATES.includes(task.state)) return refused(over(task.number))
      const budget: Budget = { ...task.budget, ...withoutUndefined(raise) }
      const smaller = PARTS.find((part) => budget[part] < task.budget[part])
      return smaller === undefined ? ok(budget) : refused(lowered(smaller, task.budget[smaller]))
    })
    if (!raised.ok) return raised
    const { number, attempt, id } = found.value
    const changed = PARTS.filter((part) => raised.value.after[part] !== raised.value.before[part])
    await logAction(tx, workshop.clock, actor, 'budget.raised', id, {
      number,
      before: { ...raised.value.before },
      after: { ...raised.value.after },
    })
    const note = `the budget was raised: ${changed.map((part) => WORDS[part]).join(', ') || 'nothing'}`
    const at = instantOf(workshop.clock())
    await appendEvents(tx, {
      task: id,
      attempt,
      events: [{ at, body: { kind: 'step', step: 'budget', note } }],
    })
    const row = await taskById(tx, id)
    if (row === undefined) throw new Error('a task that was just changed is there')
    return ok(await taskView(tx, row))
  })
}

const WORDS = {
  microDollars: 'money',
  tokens: 'tokens',
  requests: 'requests',
  iterations: 'iterations',
  seconds: 'time',
} as const
const PARTS = Object.keys(WORDS) as (keyof typeof WORDS)[]

function withoutUndefined(raise: BudgetRaise): Partial<Budget> {
  return Object.fromEntries(Object.entries(raise).filter(([, value]) => value !== undefined))
}

function over(number: number) {
  return {
    code: 'wrong_state' as const,
    rule: 'budget.raise',
    message: `Task ${number} is over.`,
    remedy: `Retry it: \`airlock retry ${number}\` begins another attempt with its whole budget.`,
  }
}

function lowered(part: keyof typeof WORDS, now: number) {
  return {
    code: 'invalid_input' as const,
    rule: 'budget.raise',
    message: `A raise takes nothing away: its ${WORDS[part]} are at ${now} already.`,
    remedy: 'Name a larger amount, or cancel the task.',
  }
}
