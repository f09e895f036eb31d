import { findPersonalData } from './find.ts'
import { PERSONAL_EXAMPLES } from './rules.ts'

/** What went wrong with the examples of each rule, nothing when all is well; `without` shows what the loss of a rule does. */
export function failedExamples(without?: string): string[] {
  const isFound = (rule: string, text: string) =>
    findPersonalData(text, { confidence: 'low', ...(without && { except: [without] }) }).some(
      (finding) => finding.rule === rule,
    )
  return PERSONAL_EXAMPLES.flatMap(({ rule, holds, lacks }) => [
    ...(holds.length < 3 || lacks.length < 3 ? [`${rule} has too few examples`] : []),
    ...holds
      .filter((text) => !isFound(rule, text))
      .map((text) => `${rule} no longer finds ${JSON.stringify(text)}`),
    ...lacks.filter((text) => isFound(rule, text)).map((text) => `${rule} now finds ${JSON.stringify(text)}`),
  ])
}
