import { CONTEXT_RULES, type ContextRule, HELD } from './context-rules.ts'
import { findSecrets } from './find.ts'
import { TOKEN_RULES } from './rules.ts'
import { sampleOf } from './shape.ts'

/** Every rule of the secret guard with its examples; each shape of a maker is one, bare, as a setting and in a string. */
export const SECRET_RULES: readonly ContextRule[] = [
  ...CONTEXT_RULES,
  ...TOKEN_RULES.map(({ name, shapes, near }) => ({
    rule: `secret.${name}` as const,
    holds: shapes.flatMap((shape) =>
      ['%', 'VALUE=%\n', '{"a": "%"}'].map((text, at) => text.replace('%', () => sampleOf(shape, at + 2))),
    ),
    lacks: near,
  })),
]

/** What went wrong with the examples of each rule, nothing when all is well; `without` shows what the loss of a rule does. */
export function failedExamples(without?: string, rules = SECRET_RULES): string[] {
  return rules.flatMap(({ rule, holds, lacks }) => [
    ...(holds.length < 3 || lacks.length < 3 ? [`${rule} has too few examples`] : []),
    ...holds
      .filter((example) => !isFound(rule, example, without))
      .map((example) => `${rule} no longer finds ${JSON.stringify(example)}`),
    ...lacks
      .filter((example) => isFound(rule, example, without))
      .map((example) => `${rule} now finds ${JSON.stringify(example)}`),
  ])
}

const KNOWN = [{ name: 'of the examples', value: HELD }]

function isFound(rule: string, example: string, without: string | undefined): boolean {
  const options = { known: KNOWN, ...(without && { except: [without] }) }
  return findSecrets(sampleOf(example, 1), options).some((finding) => finding.rule === rule)
}
