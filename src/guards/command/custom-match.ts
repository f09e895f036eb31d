import type { CustomRule } from './custom-rule.ts'
import type { Invocation, Reading } from './reading.ts'
import type { CommandFinding } from './verdict.ts'
import { fits } from './wildcard.ts'

/** The commands of a text that a rule speaks of. */
export function matching({ programs, words }: CustomRule, reading: Reading): Invocation[] {
  return reading.invocations.filter(
    ({ name, args }) =>
      programs.some((pattern) => fits(pattern, name)) &&
      words.every((pattern) => args.some(({ text }) => text.length < 4_096 && fits(pattern, text))),
  )
}

/** Adds what the rules find, and takes away the questions that allowing rules answer. A refusal stands whatever they say. */
export function withCustomRules(
  findings: readonly CommandFinding[],
  rules: readonly CustomRule[],
  reading: Reading,
): CommandFinding[] {
  const answered = rules
    .filter(({ verdict }) => verdict === 'allow')
    .map((rule) => ({ rule, found: matching(rule, reading) }))
  const open = findings.filter(
    (finding) =>
      finding.verdict === 'deny' ||
      !answered.some(
        ({ rule, found }) =>
          rule.answers.includes(finding.rule) && found.some(({ span }) => isAt(finding, span)),
      ),
  )
  return [...open, ...rules.flatMap((rule) => objections(rule, reading))]
}

/** A finding without a place belongs to the whole text. */
function isAt(finding: CommandFinding, span: Invocation['span']): boolean {
  return finding.span === undefined || (finding.span.start === span?.start && finding.span.end === span.end)
}

function objections(rule: CustomRule, reading: Reading): CommandFinding[] {
  if (rule.verdict === 'allow') return []
  const { name, verdict, why, remedy } = rule
  return matching(rule, reading)
    .slice(0, 1)
    .map(({ span }) => ({ rule: name, class: 'custom', verdict, reason: why, remedy, ...(span && { span }) }))
}
