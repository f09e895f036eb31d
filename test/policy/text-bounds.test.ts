import { describe, expect, test } from 'vitest'
import { gridOver } from '#policy/delta/grid.ts'
import { readExamples } from '#policy/examples.ts'
import { readOrganisationRules } from '#policy/organisation-rules.ts'
import { readPolicyFile } from '#policy/policy-file.ts'

const rule = (condition: string, name = 'own.rule', head = 'principal, action, resource') =>
  `@id("${name}")\n@reason("It is so.")\n@remedy("Wait.")\nforbid(${head}) when { ${condition} };`
const SANE = rule('context.hour == 1')

function answerOf(text: string): string {
  const read = readOrganisationRules(text, 'own.cedar')
  return read.ok ? 'read' : read.failure.message
}

const chain = (count: number, operator: string) => Array(count).fill('context.hour == 1').join(operator)

describe('a policy that the library would not survive', () => {
  test.each([
    ['brackets', rule(`${'('.repeat(300)}true${')'.repeat(300)}`)],
    ['denied brackets', rule(`${'!('.repeat(300)}true${')'.repeat(300)}`)],
    ['sets', rule(`${'['.repeat(300)}1${']'.repeat(300)} == [1]`)],
    ['records', rule(`${'{a:'.repeat(300)}1${'}'.repeat(300)} == 1`)],
    ['alternatives', rule(chain(3000, ' || '))],
    ['conditions', rule(chain(3000, ' && '))],
    ['sums', rule(`${Array(3000).fill('1').join(' + ')} == 1`)],
    ['ifs', rule(`${'if context.hour == 1 then true else '.repeat(1000)}true`)],
    ['members', rule(`context${'.a'.repeat(3000)} == 1`)],
    ['calls', rule(`[1]${'.contains(1)'.repeat(3000)}`)],
    ['brackets behind a string that looks closed', rule(`"\\"" == "${'('.repeat(9)}" && ${'('.repeat(300)}`)],
    ['brackets behind a comment', rule(`true // ${')'.repeat(300)} "\n&& ${'('.repeat(300)}`)],
    ['brackets without an end', `forbid(((${'('.repeat(3000)};${SANE}`],
  ])('of %s is refused before it is parsed, and the next is read', (_name, text) => {
    expect(answerOf(text)).toMatch(
      /^own\.cedar:\d+: (It nests more than 24 deep|A policy has more than 250 op)/,
    )
    expect(answerOf(SANE)).toBe('read')
  })

  test('is at the bounds still read and asked', () => {
    const deep = `${'(context.hour == 1 || '.repeat(22)}${chain(40, ' && ')}${')'.repeat(22)}`
    const example = '- { name: any, action: task.show, as: owner, facts: { hour: 2 }, expect: allow }'
    const other = '- { name: one, action: task.show, as: owner, facts: { hour: 1 }, expect: deny }'
    const read = readPolicyFile({ name: 'own', text: rule(deep), examples: `${example}\n${other}\n` })
    expect(read.ok ? 'read' : read.failure.message).toBe('read')
  })

  test('with a string that does not end is refused', () => {
    expect(answerOf(rule('context.channel == "api'))).toMatch(/A string does not end\.$/)
  })

  test('of more than can be checked at once is refused', () => {
    const many = Array.from({ length: 400 }, (_, index) => rule('context.hour == 1', `own.rule-${index}`))
    expect(answerOf(many.join('\n'))).toMatch(/It holds too much to be checked at once\.$/)
  })

  test('that would speak to terminals is refused', () => {
    const text = SANE.replace('It is so.', String.raw`\u{1b}[2J\u{202e}It is so.`)
    expect(answerOf(text)).toBe('own.cedar:1: The policy own.rule speaks in characters that nobody sees.')
  })
})

test('examples with aliases are refused, be they bombs or mistakes', () => {
  const read = readExamples('- &a [*a]', 'own.examples.yaml')
  expect(read.ok || read.failure.message).toBe(
    'own.examples.yaml:1: an alias stands for something else: write it out',
  )
})

test('a change of many values and places is compared by some of them', () => {
  const words = Array.from({ length: 500 }, (_, index) => `"w${index}"`).join(', ')
  const heavy = Array.from({ length: 25 }, (_, index) =>
    rule(
      'context.hour == 1',
      `own.rule-${index}`,
      `principal, action, resource == Airlock::Project::"p${index}"`,
    ),
  )
  const text = [
    ...heavy,
    rule(`[${words}].contains(context.channel) && [${words}].contains(context.weekday)`),
  ]
  const read = readOrganisationRules(text.join('\n'), 'own.cedar')
  if (!read.ok) throw new Error(read.failure.message)
  const { samples, complete } = gridOver(read.value)
  expect({ few: samples.length <= 4_000, complete }).toEqual({ few: true, complete: false })
})
