import type { EventBody } from '#contract/event.ts'
import type { FailureCode } from '#kernel/failure.ts'
import type { TaskRow } from '#store/schema.ts'

/** Where the doings of tasks are told for people who watch many systems at once. Nothing waits for it; it must not throw. */
export interface Telemetry {
  /** One step of a task begins now. */
  step(task: TaskRow): StepTelemetry
}

export interface StepTelemetry {
  /** Something happened in it. What an agent says or writes is never passed on. */
  tell(body: EventBody): void
  /** It is over; with a code where it failed. */
  end(failure?: FailureCode): void
}
