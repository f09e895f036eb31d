/** Ordered: the strictest of all that spoke wins. */
export type Verdict = 'allow' | 'ask' | 'deny'

export interface CommandContext {
  /** Absolute path of the directory the command runs in. */
  readonly workspace: string
}

/** Offsets into the text that was judged; absent where the words were found inside other words. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** One rule's objection to a command, in words for a person and a name for a program. */
export interface CommandFinding {
  readonly rule: `command.${string}`
  readonly class: string
  readonly verdict: 'ask' | 'deny'
  readonly reason: string
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
