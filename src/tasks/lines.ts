/**
 * Splits what a sandbox prints into lines, bounded before it is decoded: of a line longer than `most` bytes the rest is
 * thrown away. Invalid UTF-8 becomes U+FFFD.
 */
export class Lines {
  readonly #most: number
  readonly #onLine: (line: string) => void
  #parts: Uint8Array[] = []
  #size = 0

  constructor(most: number, onLine: (line: string) => void) {
    this.#most = most
    this.#onLine = onLine
  }

  push(chunk: Uint8Array): void {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.#keep(chunk.subarray(start, end))
      this.#flush()
      start = end + 1
    }
    this.#keep(chunk.subarray(start))
  }

  /** Hands over a last line that had no end. */
  end(): void {
    if (this.#size > 0) this.#flush()
  }

  #keep(part: Uint8Array): void {
    const room = this.#most - this.#size
    if (part.length === 0 || room <= 0) return
    const kept = Uint8Array.prototype.slice.call(part, 0, room)
    this.#parts.push(kept)
    this.#size += kept.length
  }

  #flush(): void {
    const line = Buffer.concat(this.#parts).toString('utf8')
    this.#parts = []
    this.#size = 0
    this.#onLine(line)
  }
}
