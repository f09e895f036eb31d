import { judgeInjection } from './judge.ts'
import { INJECTION_RULES } from './rules.ts'

/** What went wrong with the examples of each rule, nothing when all is well; `without` shows what the loss of a rule does. */
export function failedExamples(without?: string): string[] {
  const isSeen = (rule: string, text: string) =>
    judgeInjection(text, { provenance: 'tool', ...(without && { except: [without] }) }).signals.some(
      (signal) => signal.rule === rule,
    )
  return INJECTION_RULES.flatMap(({ rule, holds, lacks }) => [
    ...(holds.length < 3 || lacks.length < 3 ? [`${rule} has too few examples`] : []),
    ...holds
      .filter((text) => !isSeen(rule, text))
      .map((text) => `${rule} no longer sees ${JSON.stringify(text)}`),
    ...lacks.filter((text) => isSeen(rule, text)).map((text) => `${rule} now sees ${JSON.stringify(text)}`),
  ])
}
