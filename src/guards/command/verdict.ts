import type { CustomRule } from './custom-rule.ts'

/** Ordered: the strictest of all that spoke wins. */
export type Verdict = 'allow' | 'ask' | 'deny'

/** What a command would do that somebody should know of. A closed list; docs/guards.md explains each. */
export type CommandClass =
  | 'reverse-shell'
  | 'remote-script'
  | 'obfuscation'
  | 'resource-bomb'
  | 'persistence'
  | 'shell-escape'
  | 'privilege'
  | 'evasion'
  | 'credentials'
  | 'exfiltration'
  | 'container-escape'
  | 'container'
  | 'destructive'
  | 'git'
  | 'install'
  | 'remote-access'
  | 'unreadable'
  | 'custom'

export interface CommandContext {
  /** Absolute path of the directory the command runs in. */
  readonly workspace: string
  /** In `prepare` the project's own setup runs: software may be installed then. */
  readonly phase?: 'prepare' | 'run' | 'check' | undefined
  /** Rules of a person's own, beside those of Airlock. */
  readonly rules?: readonly CustomRule[] | undefined
}

/** Offsets into the text that was judged; absent where the words were found inside other words. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** One rule's objection to a command, in words for a person and a name for a program. */
export interface CommandFinding {
  readonly rule: `command.${string}` | `custom.${string}`
  readonly class: CommandClass
  readonly verdict: 'ask' | 'deny'
  readonly reason: string
  /** The smallest change that would pass. */
  readonly remedy: string
  readonly span?: Span
}

export interface CommandJudgement {
  readonly verdict: Verdict
  readonly findings: readonly CommandFinding[]
}

export function strictest(verdicts: Iterable<Verdict>): Verdict {
  let worst: Verdict = 'allow'
  for (const verdict of verdicts) {
    if (verdict === 'deny') return 'deny'
    if (verdict === 'ask') worst = 'ask'
  }
  return worst
}
