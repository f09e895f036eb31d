import type { Spend } from '#contract/budget.ts'
import { noteAttempt } from '#store/attempts.ts'
import type { StepContext } from './step.ts'

/** Keeps what was spent as it is spent, one write after the other: an older sum never replaces a newer one. */
export class SpendNotes {
  readonly #context: StepContext
  readonly #attempt: string
  #tail: Promise<void> = Promise.resolve()

  constructor(context: StepContext, attempt: string) {
    this.#context = context
    this.#attempt = attempt
  }

  note(spend: Spend): void {
    const { workshop, task } = this.#context
    this.#tail = this.#tail
      .then(() =>
        workshop.store.inOrganisation(task.organisation, (tx) => noteAttempt(tx, this.#attempt, { spend })),
      )
      .catch((cause: unknown) => workshop.onProblem('the spend of an attempt could not be noted', cause))
  }

  written(): Promise<void> {
    return this.#tail
  }
}
