import { manyLines } from './terminal/safe-text.ts'
import type { Screen } from './terminal/screen.ts'

type Stream = 'stdout' | 'stderr'

/**
 * Passes on what a command in a sandbox says: byte for byte to a file or a program, and harmless to a terminal, which
 * would act on its control characters. Kept instead where the result is to be one JSON value.
 */
export class OutputRelay {
  readonly #screen: Screen
  readonly #keep: boolean
  readonly #kept: Record<Stream, Buffer[]> = { stdout: [], stderr: [] }
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }

  constructor(screen: Screen, keep: boolean) {
    this.#screen = screen
    this.#keep = keep
  }

  push(stream: Stream, chunk: Uint8Array): void {
    if (this.#keep) this.#kept[stream].push(Buffer.from(chunk))
    else if (this.#screen.live) this.#show(stream, this.#decoders[stream].decode(chunk, { stream: true }))
    else this.#screen.raw(chunk, stream)
  }

  end(): void {
    if (this.#keep || !this.#screen.live) return
    for (const stream of ['stdout', 'stderr'] as const) this.#show(stream, this.#decoders[stream].decode())
  }

  kept(): Record<Stream, string> {
    const text = (stream: Stream) => Buffer.concat(this.#kept[stream]).toString('utf8')
    return { stdout: text('stdout'), stderr: text('stderr') }
  }

  #show(stream: Stream, text: string): void {
    if (text !== '') this.#screen.raw(Buffer.from(manyLines(text)), stream)
  }
}
