import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { attemptByNumber, beginAttempt, noteAttempt } from '#store/attempts.ts'
import type { Step } from '../step.ts'

/** queued → preparing: a new attempt. One that follows a lost sandbox goes on with the same budget. */
export const begin: Step = async ({ workshop }) => ({
  command: { name: 'prepare' },
  also: async (tx, task) => {
    const attempt = await beginAttempt(tx, {
      id: newId('att', workshop.random),
      task: task.id,
      number: task.attempt,
      step: 'prepare',
      startedAt: instantOf(workshop.clock()),
    })
    const before = await attemptByNumber(tx, task.id, task.attempt - 1)
    if (before?.cause?.code === 'attempt_lost')
      await noteAttempt(tx, attempt.id, {
        spend: before.spend,
        iterations: before.iterations,
        agentSeconds: before.agentSeconds,
      })
  },
})
