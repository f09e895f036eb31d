import type { Task } from '#contract/task.ts'
import { EXIT_CODE } from './exit-code.ts'

/** The exit code of somebody who waited for a task: 0 when it waits for a person, is published, or still works. */
export function exitCodeOf(task: Task): number {
  switch (task.state) {
    case 'failed':
      return EXIT_CODE[task.cause?.code ?? 'agent_failed']
    case 'stopped':
      return EXIT_CODE[task.cause?.code ?? 'budget_exhausted']
    case 'cancelled':
      return EXIT_CODE.cancelled
    default:
      return 0
  }
}
