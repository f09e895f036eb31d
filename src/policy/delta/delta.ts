import type { ActionName } from '../action.ts'
import { needInWords } from '../cedar/approval-need.ts'
import { createEngine } from '../cedar/engine.ts'
import { roleRules } from '../cedar/role-rules.ts'
import type { Rule } from '../cedar/rule.ts'
import { STANDING_RULES } from '../cedar/standing-rules.ts'
import type { Decision, Effect } from '../decide.ts'
import { decideSample, type SampleFacts } from '../sample.ts'
import { ASKERS, gridOver } from './grid.ts'

/** What was said, and what it takes where that is to confirm or to have others approve. */
export interface Answer {
  readonly effect: Effect
  readonly confirm?: string
  readonly approvals?: string
}

/** One thing that other rules answer otherwise. */
export interface Change {
  readonly action: ActionName
  readonly from: Answer
  readonly to: Answer
  readonly askers: readonly string[]
  /** Values of facts, any of each, at which it is so; a fact that is not named makes no difference. */
  readonly when: readonly { readonly fact: string; readonly values: readonly string[] }[]
}

export interface Delta {
  readonly changes: readonly Change[]
  readonly questions: number
  readonly complete: boolean
}

/** What rules newly allow and newly refuse, found by asking the old and the new the same questions. */
export function deltaOf(before: readonly Rule[], after: readonly Rule[]): Delta {
  const grid = gridOver([...without(before, after), ...without(after, before)])
  const old = createEngine([...STANDING_RULES, ...roleRules(), ...before], 'before')
  const next = createEngine([...STANDING_RULES, ...roleRules(), ...after], 'after')
  const single = grid.samples.flatMap((sample): Single[] => {
    const from = answerOf(decideSample(old, sample))
    const to = answerOf(decideSample(next, sample))
    if (JSON.stringify(from) === JSON.stringify(to)) return []
    const place = grid.samples[0]?.place.id === sample.place.id ? [] : [['place', [sample.place.id]] as const]
    const facts = Object.entries(sample.facts).map(([fact, value]) => [fact, [shown(value)]] as const)
    const cell = [['asker', sample.askers] as const, ...place, ...facts]
    return [{ action: sample.action, from, to, cell: new Map<string, readonly string[]>(cell) }]
  })
  return {
    changes: merged(single, valuesOf(grid.samples)),
    questions: grid.samples.length,
    complete: grid.complete,
  }
}

function answerOf({ effect, confirm, approvals = [] }: Decision): Answer {
  if (effect !== 'confirm') return { effect }
  const needs = [...new Set(approvals.map(needInWords))].sort().join(', and ')
  return { effect, confirm: confirm ?? '', ...(needs === '' ? {} : { approvals: needs }) }
}

function without(rules: readonly Rule[], others: readonly Rule[]): Rule[] {
  return rules.filter(({ name, text }) => !others.some((other) => other.name === name && other.text === text))
}

interface Single {
  readonly action: ActionName
  readonly from: Answer
  readonly to: Answer
  readonly cell: ReadonlyMap<string, readonly string[]>
}

/** Folds cells that differ in one dimension alone, one dimension after the other; what covers all values is not told. */
function merged(single: readonly Single[], all: ReadonlyMap<string, number>): Change[] {
  const dimensions = [
    'asker',
    ...new Set(single.flatMap(({ cell }) => [...cell.keys()]).filter((name) => name !== 'asker')),
  ]
  let folded = single
  for (const dimension of dimensions.toReversed()) folded = foldedAlong(folded, dimension)
  return folded.map(({ action, from, to, cell }) => ({
    action,
    from,
    to,
    askers: ASKERS.map(({ name }) => name).filter((name) => cell.get('asker')?.includes(name)),
    when: [...cell]
      .filter(
        ([name, values]) => name !== 'asker' && values.length < (all.get(name) ?? Number.POSITIVE_INFINITY),
      )
      .map(([fact, values]) => ({ fact, values })),
  }))
}

function foldedAlong(cells: readonly Single[], dimension: string): Single[] {
  const groups = new Map<string, Single>()
  for (const each of cells) {
    const rest = [...each.cell].filter(([name]) => name !== dimension)
    const key = JSON.stringify([each.action, each.from, each.to, each.cell.has(dimension), rest])
    const known = groups.get(key)
    const values = [...(known?.cell.get(dimension) ?? []), ...(each.cell.get(dimension) ?? [])]
    const cell = new Map(each.cell)
    if (values.length > 0) cell.set(dimension, values)
    groups.set(key, { ...each, cell })
  }
  return [...groups.values()]
}

function valuesOf(samples: readonly { readonly facts: SampleFacts }[]): Map<string, number> {
  const values = new Map<string, Set<string>>()
  for (const { facts } of samples)
    for (const [name, value] of Object.entries(facts))
      values.set(name, (values.get(name) ?? new Set()).add(shown(value)))
  return new Map([...values].map(([name, each]) => [name, each.size]))
}

function shown(value: unknown): string {
  if (value === undefined) return 'unknown'
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.join(' and ')
  return String(value)
}
