import type { Explanation, PolicyList, PolicyView, Replay } from '#contract/policy.ts'
import { needInWords } from '#policy/cedar/approval-need.ts'
import { manyLines, oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { pairs, table } from '../terminal/table.ts'

export function policyTable({ items }: PolicyList, paint: Paint): string {
  if (items.length === 0) return 'No policies: the standing rules and the roles alone decide.'
  const rows = items.map(({ name, rules, problem, setAt }) => [
    paint('bold', oneLine(name)),
    problem === undefined
      ? rules.map((rule) => oneLine(rule.name)).join(', ')
      : paint('red', oneLine(problem)),
    paint('dim', setAt),
  ])
  return table([{ title: 'policy' }, { title: 'rules' }, { title: 'since' }], rows, paint)
}

export function policyText({ text, examples }: PolicyView, paint: Paint): string {
  return [manyLines(text).trimEnd(), '', paint('dim', '# examples'), manyLines(examples).trimEnd()].join('\n')
}

/** What is newly allowed stands out. */
export function changeLines(changes: readonly string[], paint: Paint): string {
  return changes
    .map((line) => (line.startsWith('This newly allows') ? paint('yellow', oneLine(line)) : oneLine(line)))
    .map((line) => `  ${line}`)
    .join('\n')
}

const MARKS = { allow: ['green', '✓'], confirm: ['yellow', '?'], deny: ['red', '✗'] } as const

export function explanationText(explained: Explanation, paint: Paint): string {
  const {
    action,
    effect,
    confirm,
    approvals = [],
    risk,
    riskReasons,
    rules,
    smallestChange,
    policyVersion,
  } = explained
  const [colour, mark] = MARKS[effect]
  const widest = Math.max(0, ...rules.map(({ rule }) => rule.length))
  const facts: [string, string][] = [
    ...approvals.map(({ rule, ...need }): [string, string] => [
      'needs',
      `${needInWords(need)}  ${oneLine(rule)}`,
    ]),
    ['risk', [risk, ...riskReasons.map(oneLine)].join('  ')],
    ...(smallestChange === undefined ? [] : [['remedy', oneLine(smallestChange)] as [string, string]]),
    ['version', policyVersion],
  ]
  const way =
    confirm === undefined ? '' : confirm === 'other-person' ? ' with other people' : ` with ${confirm}`
  return [
    `${paint(colour, mark)} ${paint('bold', oneLine(action))} is ${WORDS[effect]}${way}.`,
    ...rules.map(({ rule, effect: said, reason }) => {
      const [of, sign] = MARKS[said]
      return `  ${paint(of, sign)} ${oneLine(rule).padEnd(widest)}  ${oneLine(reason)}`
    }),
    '',
    pairs(facts, paint),
  ].join('\n')
}

const WORDS = { allow: 'allowed', confirm: 'to be confirmed', deny: 'refused' } as const

export function replayText({ asked, complete, changed }: Replay, paint: Paint): string {
  const some = complete ? '' : ' There were more; these are the newest.'
  if (changed.length === 0) return `All ${asked} decisions would be the same.${some}`
  const rows = changed.map(({ at, action, place, was, would, because }) => [
    paint('dim', at),
    oneLine(action),
    oneLine(place),
    `${WORDS[was]} → ${WORDS[would]}`,
    oneLine(because),
  ])
  const heads = ['at', 'action', 'place', 'then → now', 'because'].map((title) => ({ title }))
  return `${table(heads, rows, paint)}\n\n${changed.length} of ${asked} decisions would be others.${some}`
}
