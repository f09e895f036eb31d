import { decidingFinding, lineOf } from './judge.ts'
import type { CommandFinding, CommandJudgement, Verdict } from './verdict.ts'

/** What is said of one command: the finding that decided in front, null in each place when all is well. */
export interface CommandAnswer {
  readonly verdict: Verdict
  readonly class: string | null
  readonly rule: string | null
  readonly reason: string | null
  readonly remedy?: string
  /** Counts from 1. */
  readonly line?: number
  readonly findings: (CommandFinding & { readonly line?: number })[]
}

export function commandAnswer(text: string, judgement: CommandJudgement): CommandAnswer {
  const decisive = decidingFinding(judgement)
  const line = decisive && lineOf(text, decisive)
  return {
    verdict: judgement.verdict,
    class: decisive?.class ?? null,
    rule: decisive?.rule ?? null,
    reason: decisive?.reason ?? null,
    ...(decisive && { remedy: decisive.remedy }),
    ...(line !== undefined && { line }),
    findings: judgement.findings.map((finding) => {
      const at = lineOf(text, finding)
      return at === undefined ? finding : { ...finding, line: at }
    }),
  }
}
