import { encodeEntry } from '#audit/entry.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { CanaryTrip } from '#gateway/outgoing/canary-trip.ts'
import type { Failure } from '#kernel/failure.ts'
import { instantOf } from '#kernel/instant.ts'
import { appendEntries } from '#store/audit-log.ts'
import type { Tx } from '#store/schema.ts'
import { SYSTEM } from './move.ts'
import type { StepContext } from './step.ts'

/** Why an attempt ends at once: something left, or was about to, that only somebody who leaks would send. */
export function canaryFailure({ planted, form, where }: CanaryTrip): Failure {
  return {
    code: 'canary_tripped',
    rule: 'canary.tripped',
    message: `A canary from ${planted} turned up in ${where} (${form}): the attempt was stopped, and nothing of it is kept.`,
    remedy:
      'Treat what the agent read as hostile: look at its log and at what it was asked, before you try again.',
    details: { planted, form, where },
  }
}

/** The same for the log of events and the reviewer. */
export function canaryRefusal({ planted, form, where }: CanaryTrip): Refusal {
  return {
    boundary: 'canary',
    rule: 'canary.tripped',
    what: `a canary from ${planted}, ${form}, in ${where}`,
    reason: 'Nobody has a use for it: whoever utters it passes on what it was only shown.',
  }
}

/** Written with the move that stops the task. */
export function logTrip({ workshop, task }: StepContext, trip: CanaryTrip) {
  return async (tx: Tx): Promise<void> => {
    await appendEntries(tx, [
      encodeEntry({
        version: 1,
        organisation: task.organisation,
        at: instantOf(workshop.clock()),
        actor: SYSTEM,
        action: 'canary.tripped',
        subject: task.id,
        attempt: task.attempt,
        data: { planted: trip.planted, form: trip.form, where: trip.where },
      }),
    ])
  }
}
