import type { Reading } from './reading.ts'
import type { CommandContext, Span } from './verdict.ts'

/** What a rule saw. */
export interface Sighting {
  readonly verdict: 'ask' | 'deny'
  readonly reason: string
  readonly span?: Span | undefined
}

/** One rule of the command guard. It carries its own examples; a test holds it to them. */
export interface CommandRule {
  readonly name: `command.${string}`
  readonly class: string
  /** What the rule is for, in one sentence. */
  readonly explanation: string
  /** The smallest change that would pass. */
  readonly remedy: string
  readonly refuses: readonly string[]
  readonly allows: readonly string[]
  look(reading: Reading, context: CommandContext): Iterable<Sighting>
}
