import { readCommand } from './read.ts'
import type { CommandRule } from './rule.ts'
import { COMMAND_RULES } from './rules.ts'
import type { CommandContext, CommandFinding, CommandJudgement } from './verdict.ts'
import { strictest } from './verdict.ts'

/**
 * Judges a shell text before it runs. The strictest finding wins; what cannot be read is never allowed.
 * A guard on text is a speed bump for honest mistakes and plain attacks; the sandbox is the boundary.
 */
export function judgeCommand(text: string, context: CommandContext): CommandJudgement {
  const reading = readCommand(text)
  const findings = COMMAND_RULES.flatMap((rule) => findingsOf(rule, reading, context))
  return { verdict: strictest(findings.map(({ verdict }) => verdict)), findings }
}

function findingsOf(
  rule: CommandRule,
  reading: ReturnType<typeof readCommand>,
  context: CommandContext,
): CommandFinding[] {
  const findings: CommandFinding[] = []
  const said = new Set<string>()
  for (const { verdict, reason, span } of rule.look(reading, context)) {
    if (said.has(reason)) continue
    said.add(reason)
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
