import { equalBytes } from '#kernel/bytes.ts'
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { decodeEntry } from './entry.ts'
import { type LogLine, linesOf, parseLogLine } from './log-export.ts'
import { append, emptyFrontier, type Frontier, leafHash, rootOf } from './merkle.ts'
import type { VerifierKey } from './signing-key.ts'

export interface LogFinding {
  readonly kind:
    | 'unreadable_line'
    | 'entry_changed'
    | 'entry_unreadable'
    | 'entries_missing'
    | 'entry_out_of_order'
    | 'checkpoint_invalid'
    | 'checkpoint_out_of_place'
    | 'history_rewritten'
    | 'unsigned_end'
    | 'cut_short'
  /** The entry it is about, or the first of them. */
  readonly index: number
  readonly detail: string
}

export interface LogReport {
  readonly ok: boolean
  readonly entries: number
  readonly checkpoints: number
  /** At most 100; the first is the cause, the rest often its consequences. */
  readonly findings: readonly LogFinding[]
}

/**
 * Verifies a whole exported log in one pass: every entry canonical and in its place, and the tree over them equal to every
 * checkpoint signed along the way. One tree growing through all checkpoints is what consistency between them means.
 *
 * `known` are checkpoints the caller kept elsewhere (a witness, a pull request): only they show a log that was rewritten,
 * or cut short, by someone who holds the key.
 */
export async function checkLog(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  trust: {
    readonly key: VerifierKey
    readonly origin: string
    readonly known?: readonly Checkpoint[]
  },
): Promise<LogReport> {
  const walk = new LogWalk(trust.key, trust.origin, trust.known ?? [])
  for await (const text of linesOf(chunks)) {
    const line = text === undefined ? undefined : parseLogLine(text)
    if (line === undefined) walk.unreadable()
    else if (line.kind === 'entry') walk.entry(line)
    else walk.checkpoint(line.note)
  }
  return walk.report()
}

const MAX_FINDINGS = 100

class LogWalk {
  readonly #key: VerifierKey
  readonly #origin: string
  readonly #known: readonly Checkpoint[]
  readonly #findings: LogFinding[] = []
  #frontier: Frontier = emptyFrontier
  #expected = 0
  #signed = 0
  #checkpoints = 0

  constructor(key: VerifierKey, origin: string, known: readonly Checkpoint[]) {
    this.#key = key
    this.#origin = origin
    this.#known = known
    this.#compareKnown()
  }

  unreadable(): void {
    this.#found('unreadable_line', this.#expected, `The line after entry ${this.#expected - 1} is damaged.`)
  }

  entry(line: Extract<LogLine, { kind: 'entry' }>): void {
    const { index, bytes, leaf } = line
    if (index > this.#expected)
      this.#found('entries_missing', this.#expected, `Entries ${this.#expected} to ${index - 1} are missing.`)
    if (index < this.#expected)
      this.#found(
        'entry_out_of_order',
        index,
        `Entry ${index} comes again or too late, after ${this.#expected - 1}.`,
      )
    const hash = leafHash(bytes)
    if (!equalBytes(hash, leaf)) this.#found('entry_changed', index, `Entry ${index} was changed.`)
    const entry = decodeEntry(bytes)
    if (!entry.ok) this.#found('entry_unreadable', index, `Entry ${index}: ${entry.failure.message}`)
    this.#frontier = append(this.#frontier, hash)
    this.#expected = Math.max(this.#expected, index + 1)
    this.#compareKnown()
  }

  checkpoint(note: string): void {
    const checkpoint = openCheckpoint(note, this.#key, this.#origin)
    if (!checkpoint.ok) {
      this.#found('checkpoint_invalid', this.#expected, checkpoint.failure.message)
      return
    }
    const { size, root } = checkpoint.value
    this.#checkpoints++
    if (size !== this.#frontier.size)
      this.#found(
        'checkpoint_out_of_place',
        Math.min(size, this.#frontier.size),
        `A checkpoint of ${size} entries stands after ${this.#frontier.size}.`,
      )
    else if (!equalBytes(root, rootOf(this.#frontier)))
      this.#found(
        'entry_changed',
        this.#signed,
        `Something between entry ${this.#signed} and ${size - 1} is not what was signed.`,
      )
    this.#signed = this.#frontier.size
  }

  report(): LogReport {
    const { size } = this.#frontier
    if (this.#checkpoints === 0 || this.#signed < size)
      this.#found('unsigned_end', this.#signed, `No checkpoint covers the entries from ${this.#signed} on.`)
    for (const { size: longer } of this.#known.filter((known) => known.size > size))
      this.#found('cut_short', size, `The log ends at ${size} entries, but ${longer} are known to have been.`)
    const findings = this.#findings
    return { ok: findings.length === 0, entries: size, checkpoints: this.#checkpoints, findings }
  }

  #compareKnown(): void {
    const { size } = this.#frontier
    for (const known of this.#known.filter((known) => known.size === size))
      if (!equalBytes(known.root, rootOf(this.#frontier)))
        this.#found(
          'history_rewritten',
          0,
          `The first ${size} entries are not those of the checkpoint that was kept elsewhere.`,
        )
  }

  #found(kind: LogFinding['kind'], index: number, detail: string): void {
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push({ kind, index, detail })
  }
}
