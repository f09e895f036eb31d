/** The tasks this process is working on, so that a cancellation reaches the step at once. */
export class Interrupts {
  readonly #running = new Map<string, AbortController>()

  /** True while a step of that task is being worked on here. */
  has(task: string): boolean {
    return this.#running.has(task)
  }

  begin(task: string): AbortSignal {
    const controller = new AbortController()
    this.#running.set(task, controller)
    return controller.signal
  }

  end(task: string): void {
    this.#running.delete(task)
  }

  /** Stops the step in progress; harmless when there is none. */
  interrupt(task: string): void {
    this.#running.get(task)?.abort()
  }

  interruptAll(): void {
    for (const controller of this.#running.values()) controller.abort()
  }
}
