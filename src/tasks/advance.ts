import type { EventBody } from '#contract/event.ts'
import type { TaskState } from '#contract/task.ts'
import { AirlockError, type FailureCode, failureOf } from '#kernel/failure.ts'
import type { TaskJob } from '#store/queue.ts'
import type { TaskRow } from '#store/schema.ts'
import { taskById } from '#store/tasks.ts'
import { EventWriter } from './event-writer.ts'
import { move, SYSTEM } from './move.ts'
import type { Step, StepOutcome } from './step.ts'
import { failed as failedStep } from './step.ts'
import { begin } from './steps/begin.ts'
import { check } from './steps/check.ts'
import { prepare } from './steps/prepare.ts'
import { beginPublication, publish } from './steps/publish.ts'
import { run } from './steps/run.ts'
import type { Workshop } from './workshop.ts'

/** What there is to do in each state; in the others a task waits for people, or is over. */
const STEPS: Partial<Record<TaskState, Step>> = {
  queued: begin,
  preparing: prepare,
  running: run,
  checking: check,
  approved: beginPublication,
  publishing: publish,
}

/**
 * Looks at a task and does whatever its state asks for, step after step, until it waits for a person or is over. Safe to
 * call at any time and as often as one likes: what there is to do stands in the task's row alone.
 */
export async function advance(workshop: Workshop, job: TaskJob): Promise<void> {
  const { interrupts } = workshop
  if (!interrupts.hold(job.task)) return
  try {
    do while (await advanceOnce(workshop, job));
    while (!interrupts.release(job.task))
  } finally {
    interrupts.drop(job.task)
  }
}

async function advanceOnce(workshop: Workshop, job: TaskJob): Promise<boolean> {
  const task = await workshop.store.inOrganisation(job.organisation, (tx) => taskById(tx, job.task))
  const step = task === undefined ? undefined : STEPS[task.state]
  if (task === undefined || step === undefined) return false
  const signal = workshop.interrupts.signal(task.id)
  const outcome = await attemptStep(workshop, task, step, signal)
  if (signal.aborted) return workshop.interrupts.renew(task.id)
  const moved = await move(workshop, task, { by: SYSTEM, ...outcome })
  if (!moved.ok && moved.failure.code !== 'conflict') throw new AirlockError(moved.failure)
  return true
}

async function attemptStep(
  workshop: Workshop,
  task: TaskRow,
  step: Step,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const events = new EventWriter(workshop, task)
  const telemetry = workshop.telemetry?.step(task)
  let failed: FailureCode | undefined
  const tell = (body: EventBody) => {
    events.tell(body)
    telemetry?.tell(body)
  }
  try {
    await workshop.testingOnlyStall?.(task.state)
    const outcome = await step({ workshop, task, signal, tell })
    if (outcome.command.name === 'end') failed = outcome.command.failure.code
    return outcome
  } catch (thrown) {
    const failure = failureOf(thrown)
    failed = failure.code
    if (failure.code === 'database_unavailable') throw thrown
    if (failure.code === 'internal' && !signal.aborted)
      workshop.onProblem(`task ${task.number} failed in ${task.state}`, thrown)
    return task.state === 'publishing'
      ? { command: { name: 'publish_refused', failure } }
      : failedStep(failure)
  } finally {
    telemetry?.end(failed)
    await events.flush()
  }
}
