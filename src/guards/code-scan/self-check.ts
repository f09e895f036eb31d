import { exampledRules } from './examples.ts'
import { scanFile } from './scan.ts'

/** Scans the examples of every rule; returns what went wrong, nothing when all is well. */
export function failedExamples(): string[] {
  return exampledRules().flatMap(({ language, rule: { id }, finds, leaves }) => {
    const isFound = (text: string) =>
      scanFile({ path: 'example', text, language }).findings.some(({ rule }) => rule === id)
    return [
      ...(finds.length < 3 || leaves.length < 3 ? [`${id} has too few examples`] : []),
      ...finds
        .filter((text) => !isFound(text))
        .map((text) => `${id} no longer finds ${JSON.stringify(text)}`),
      ...leaves.filter(isFound).map((text) => `${id} now finds ${JSON.stringify(text)}`),
    ]
  })
}
