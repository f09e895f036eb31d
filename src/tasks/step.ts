import type { EventBody } from '#contract/event.ts'
import type { Failure } from '#kernel/failure.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import type { Columns } from './move.ts'
import type { Command } from './transition.ts'
import type { Workshop } from './workshop.ts'

/** What a step of the pipeline is given. */
export interface StepContext {
  readonly workshop: Workshop
  /** As it was when the step began. */
  readonly task: TaskRow
  /** Aborted when the task is cancelled or the server stops: end quickly, leave nothing behind. */
  readonly signal: AbortSignal
  readonly tell: (body: EventBody) => void
}

/** What a step came to: the command that moves the task on, and what is written with it. */
export interface StepOutcome {
  readonly command: Command
  readonly columns?: Columns
  readonly also?: (tx: Tx, task: TaskRow) => Promise<void>
  readonly reviewerPatch?: boolean
}

/** One step of a task's life: does its work, says what came of it. Effects may be repeated after a crash. */
export type Step = (context: StepContext) => Promise<StepOutcome>

export function failed(failure: Failure): StepOutcome {
  return { command: { name: 'end', as: 'failed', failure } }
}
