/** Whether the person wants the demo to end; it ends between two steps, when everything can be taken away. */
export interface Interruption {
  readonly happened: boolean
  stopListening(): void
}

/** Ctrl-C, a request to end, and a terminal that is closed. */
export function watchForInterruption(onInterrupt: (listener: () => void) => () => void): Interruption {
  let happened = false
  const listener = () => {
    happened = true
  }
  const stopListening = onInterrupt(listener)
  process.on('SIGHUP', listener)
  return {
    get happened() {
      return happened
    },
    stopListening() {
      stopListening()
      process.off('SIGHUP', listener)
    },
  }
}
