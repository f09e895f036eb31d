/** The tasks this process is working on: each by one worker at a time, and a cancellation reaches the step at once. */
export class Interrupts {
  readonly #held = new Map<string, { controller: AbortController; again: boolean }>()
  #closed = false

  /** Takes a task to work on. False when somebody has it already: they will look at it once more before they let go. */
  hold(task: string): boolean {
    const held = this.#held.get(task)
    if (held !== undefined) held.again = true
    if (held !== undefined || this.#closed) return false
    this.#held.set(task, { controller: new AbortController(), again: false })
    return true
  }

  /** Aborted once the step in progress has to end. */
  signal(task: string): AbortSignal {
    const held = this.#held.get(task)
    if (held === undefined) throw new Error('the task is not held')
    return held.controller.signal
  }

  /** After an interruption: false when the server is stopping, else the task may be looked at afresh. */
  renew(task: string): boolean {
    const held = this.#held.get(task)
    if (held === undefined || this.#closed) return false
    held.controller = new AbortController()
    return true
  }

  /** Lets go of a task, unless somebody asked for it in the meantime: then it is still held, and false is returned. */
  release(task: string): boolean {
    const held = this.#held.get(task)
    if (held?.again === true && !this.#closed) {
      held.again = false
      return false
    }
    this.#held.delete(task)
    return true
  }

  /** Lets go of a task, whatever was asked meanwhile. */
  drop(task: string): void {
    this.#held.delete(task)
  }

  /** Stops the step in progress; harmless when there is none. */
  interrupt(task: string): void {
    this.#held.get(task)?.controller.abort()
  }

  /** The server is stopping: every step ends, no further one begins. */
  close(): void {
    this.#closed = true
    for (const { controller } of this.#held.values()) controller.abort()
  }

  /** True while any task is being worked on. */
  get busy(): boolean {
    return this.#held.size > 0
  }
}
