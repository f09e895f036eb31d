import { withCustomRules } from './custom-match.ts'
import { readCommand } from './read.ts'
import type { Reading } from './reading.ts'
import type { CommandRule } from './rule.ts'
import { COMMAND_RULES } from './rules.ts'
import type { CommandContext, CommandFinding, CommandJudgement } from './verdict.ts'
import { strictest } from './verdict.ts'

/** Of one kind; a refusal is never crowded out by questions. */
const MOST_FINDINGS_OF_A_RULE = 20

/**
 * Judges a shell text before it runs. The strictest finding wins; what cannot be read is never allowed.
 * A guard on text is a speed bump for honest mistakes and plain attacks; the sandbox is the boundary.
 */
export function judgeCommand(
  text: string,
  context: CommandContext,
  rules: readonly CommandRule[] = COMMAND_RULES,
): CommandJudgement {
  const reading = readCommand(text)
  const own = rules.flatMap((rule) => findingsOf(rule, reading, context))
  const findings = context.rules ? withCustomRules(own, context.rules, reading) : own
  return { verdict: strictest(findings.map(({ verdict }) => verdict)), findings }
}

/** The finding that decides: the first of the strictest. */
export function decidingFinding({ verdict, findings }: CommandJudgement): CommandFinding | undefined {
  return findings.find((finding) => finding.verdict === verdict)
}

/** The line of the text, counted from 1, on which a finding stands. */
export function lineOf(text: string, { span }: CommandFinding): number | undefined {
  return span && text.slice(0, span.start).split('\n').length
}

function findingsOf(rule: CommandRule, reading: Reading, context: CommandContext): CommandFinding[] {
  const findings: CommandFinding[] = []
  const said = { ask: new Set<string>(), deny: new Set<string>() }
  for (const { verdict, reason, span } of rule.look(reading, context)) {
    if (said[verdict].has(reason)) continue
    if (said.deny.size >= MOST_FINDINGS_OF_A_RULE) break
    if (said[verdict].size >= MOST_FINDINGS_OF_A_RULE) continue
    said[verdict].add(reason)
    findings.push({
      rule: rule.name,
      class: rule.class,
      verdict,
      reason,
      remedy: rule.remedy,
      ...(span && { span }),
    })
  }
  return findings
}
