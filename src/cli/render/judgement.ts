import type { CommandRule } from '#guards/command/rule.ts'
import type { CommandJudgement } from '#guards/command/verdict.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'

const COLOUR = { allow: 'green', ask: 'yellow', deny: 'red' } as const

/** The verdict, then each finding with its rule and what would pass. */
export function judgementText({ verdict, findings }: CommandJudgement, paint: Paint): string {
  return [
    paint(COLOUR[verdict], verdict),
    ...findings.flatMap((finding) => [
      '',
      `${paint(COLOUR[finding.verdict], finding.verdict)}  ${finding.rule}  ${paint('dim', finding.class)}`,
      `  ${oneLine(finding.reason)}`,
      `  ${paint('dim', oneLine(finding.remedy))}`,
    ]),
  ].join('\n')
}

/** Every rule with what it is for and its examples. */
export function rulesText(rules: readonly Omit<CommandRule, 'look'>[], paint: Paint): string {
  return rules
    .map(({ name, class: kind, explanation, refuses, allows }) =>
      [
        `${paint('bold', name)}  ${paint('dim', kind)}`,
        `  ${explanation}`,
        ...refuses.map((text) => `  ${paint('red', '✗')} ${oneLine(text)}`),
        ...allows.map((text) => `  ${paint('green', '✓')} ${oneLine(text)}`),
      ].join('\n'),
    )
    .join('\n\n')
}
