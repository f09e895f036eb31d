import { FACTS } from '../cedar/facts.ts'
import type { Rule } from '../cedar/rule.ts'
import { jsonOf } from '../cedar/scope.ts'
import { SAMPLE_FACTS, type SampleFact } from '../sample.ts'

type Value = string | number | boolean | readonly string[] | undefined

/** For each fact that rules read, the values at which they may begin to say something else; `undefined` is absent. */
export function mentionedValues(rules: readonly Rule[]): ReadonlyMap<SampleFact, readonly Value[]> {
  const literals = new Map<string, Set<string | number>>()
  for (const rule of rules) for (const { body } of jsonOf(rule).conditions) collect(body, literals)
  const values = new Map<SampleFact, readonly Value[]>()
  for (const name of SAMPLE_FACTS) {
    const found = literals.get(name)
    if (found !== undefined) values.set(name, valuesOf(name, [...found]))
  }
  if ((literals.has('risk') || literals.has('riskRank')) && !values.has('touches'))
    values.set('touches', RISING)
  return values
}

/** Risk follows from what is touched: nothing, something, much and the most. */
const RISING = [[], ['ci'], ['policy']]

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const UPPERMOST: Readonly<Record<string, number>> = { hour: 23, minute: 59, autonomy: 3 }

function valuesOf(name: SampleFact, literals: readonly (string | number)[]): readonly Value[] {
  const { type, always } = FACTS[name]
  const absent = always ? [] : [undefined]
  const words = literals.filter((each) => typeof each === 'string')
  switch (type) {
    case 'Bool':
      return [false, true, ...absent]
    case 'Long': {
      const near = literals.flatMap((each) => (typeof each === 'number' ? [each - 1, each, each + 1] : []))
      const most = UPPERMOST[name] ?? Number.MAX_SAFE_INTEGER
      const possible = near.filter((each) => each >= 0 && each <= most)
      return [...new Set(possible)].sort((a, b) => a - b).concat(...(absent as []))
    }
    case 'String': {
      const other = name === 'weekday' ? WEEKDAYS.find((day) => !words.includes(day)) : 'anything-else'
      return [...words, ...(other === undefined ? [] : [other]), ...absent]
    }
    case 'Set<String>':
      return [[], ...words.map((word) => [word]), ...(words.length > 1 ? [words] : []), ...absent]
  }
}

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=', 'in', 'like', 'contains', 'containsAll', 'containsAny']

/** A literal belongs to every fact that stands in the same comparison. */
function collect(node: unknown, into: Map<string, Set<string | number>>): void {
  if (typeof node !== 'object' || node === null) return
  for (const [operator, inner] of Object.entries(node)) {
    const facts = factsIn({ [operator]: inner })
    for (const fact of facts) if (!into.has(fact)) into.set(fact, new Set())
    if (COMPARISONS.includes(operator))
      for (const fact of facts) for (const literal of literalsIn(inner)) into.get(fact)?.add(literal)
    else collect(inner, into)
  }
}

function factsIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  if ('attr' in node && typeof node.attr === 'string' && 'left' in node && isContext(node.left))
    return [node.attr]
  return Object.values(node).flatMap(factsIn)
}

function isContext(node: unknown): boolean {
  return typeof node === 'object' && node !== null && 'Var' in node && node.Var === 'context'
}

function literalsIn(node: unknown): (string | number)[] {
  if (typeof node !== 'object' || node === null) return []
  if ('Value' in node && (typeof node.Value === 'string' || typeof node.Value === 'number'))
    return [node.Value]
  if ('pattern' in node && Array.isArray(node.pattern)) return [matching(node.pattern)]
  return Object.values(node).flatMap(literalsIn)
}

/** A text that fits the pattern. */
function matching(pattern: readonly unknown[]): string {
  const piece = (part: unknown) =>
    typeof part === 'object' && part !== null && 'Literal' in part ? String(part.Literal) : 'x'
  return pattern.map(piece).join('')
}
