/** Whether the person wants the demo to end; it ends between two steps, when everything can be taken away. */
export interface Interruption {
  readonly happened: boolean
  /** Settles when it happens: for what would else wait for somebody who is gone. */
  readonly moment: Promise<void>
  /** Rejects with what nothing has caught: a question at a terminal that is closed ends so. */
  readonly crash: Promise<never>
  stopListening(): void
}

/** Ctrl-C, a request to end, and a terminal that is closed. */
export function watchForInterruption(onInterrupt: (listener: () => void) => () => void): Interruption {
  const { promise, resolve } = Promise.withResolvers<void>()
  const crash = Promise.withResolvers<never>()
  crash.promise.catch(() => undefined)
  let happened = false
  const listener = () => {
    happened = true
    resolve()
  }
  const stopListening = onInterrupt(listener)
  process.on('SIGHUP', listener)
  process.on('uncaughtException', crash.reject)
  // A closed terminal fails to be read and written; clearing away must go on all the same.
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', listener)
  return {
    get happened() {
      return happened
    },
    moment: promise,
    crash: crash.promise,
    stopListening() {
      stopListening()
      process.off('SIGHUP', listener)
      process.off('uncaughtException', crash.reject)
      if (happened) letGoOfTerminal()
    },
  }
}

export const INTERRUPTED = { code: 'cancelled' as const, message: 'The demo was interrupted.' }

const SHOW_CURSOR = '\u001b[?25h'

/** A question that nobody answered keeps the terminal raw and the process alive. */
function letGoOfTerminal(): void {
  const { stdin, stdout } = process
  if (!stdin.isTTY) return
  try {
    stdin.setRawMode(false)
    stdout.write(SHOW_CURSOR)
  } catch {
    // the terminal is gone
  }
  stdin.unref()
}
