import type { Reading } from './reading.ts'
import type { CommandClass, CommandContext, Span } from './verdict.ts'

/** What a rule saw. */
export interface Sighting {
  readonly verdict: 'ask' | 'deny'
  readonly reason: string
  readonly span?: Span | undefined
}

/** One rule of the command guard. It carries its own examples; they are judged before the rules are used. */
export interface CommandRule {
  readonly name: `command.${string}`
  readonly class: CommandClass
  /** What the rule is for, in one sentence. */
  readonly explanation: string
  /** The smallest change that would pass. */
  readonly remedy: string
  /** Texts it must object to, at least three. */
  readonly refuses: readonly string[]
  /** Texts that come near and that no rule may object to, at least three. */
  readonly allows: readonly string[]
  look(reading: Reading, context: CommandContext): Iterable<Sighting>
}
