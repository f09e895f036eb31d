import type { Task } from '#contract/task.ts'
import { ago, dollars } from '../terminal/amounts.ts'
import { shortened } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { stateText } from './state.ts'

interface Look {
  readonly paint: Paint
  readonly now: number
  readonly columns: number
}

const REST = 52 // what the other columns take at most

/** Tasks, one line each; what one can do when there are none. */
export function taskTable(tasks: readonly Task[], { paint, now, columns }: Look): string {
  if (tasks.length === 0)
    return `No tasks yet. Ask for a change inside a repository:\n\n  ${paint('cyan', 'airlock run "fix the rounding bug" --scope \'src/billing/**\' --budget 0.50')}`
  const rows = tasks.map((task) => [
    paint('bold', String(task.number)),
    stateText(task.state, paint),
    dollars(spentOn(task)),
    ago(task.updatedAt, now),
    shortened(task.intent, Math.max(24, columns - REST)),
  ])
  const titles = [
    { title: '#', align: 'right' as const },
    { title: 'state' },
    { title: 'spent', align: 'right' as const },
    { title: 'changed' },
    { title: 'intent' },
  ]
  return table(titles, rows, paint)
}

/** Over all attempts, in micro-dollars. */
export function spentOn(task: Task): number {
  return task.attempts.reduce((sum, attempt) => sum + attempt.spend.microDollars, 0)
}
