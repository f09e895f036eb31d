import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ORDERS } from '#guards/injection/signals/orders.ts'
import { MARKS, spoofingSignals } from '#guards/injection/signals/spoofing.ts'
import { findPersonalData } from '#guards/personal-data/find.ts'
import { PERSONAL_RULES } from '#guards/personal-data/rules.ts'
import { TOKEN_RULES } from '#guards/secrets/rules.ts'
import { injectionVectors } from '../support/injection-vectors.ts'

/** A rule that goes takes its examples with it; only this list notices. */
it('the rules of the text guards are those of the list', () => {
  const list = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/text-guard-rules.json'), 'utf8'))
  expect({
    tokens: TOKEN_RULES.map(({ name }) => name).sort(),
    personal: PERSONAL_RULES.map(({ rule }) => rule).sort(),
    orders: ORDERS.map(({ rule }) => rule).sort(),
    marks: MARKS.map(({ rule }) => rule).sort(),
  }).toEqual(list)
})

it.each(MARKS.map(({ rule }) => rule))('without the mark %s some vector is seen less clearly', (rule) => {
  const others = MARKS.filter((mark) => mark.rule !== rule)
  const rules = (text: string, marks: typeof MARKS) =>
    spoofingSignals(text, 'data', marks).map((signal) => signal.rule)
  const noticed = injectionVectors('hostile').filter(
    ({ text }) => rules(text, MARKS).includes(rule) && !rules(text, others).includes(rule),
  )
  expect(noticed.length).toBeGreaterThan(0)
})

it.each(PERSONAL_RULES.map((rule) => [rule.rule, rule] as const))(
  'without the rule %s an example of it is lost',
  (_, rule) => {
    const found = rule.holds.flatMap((text) =>
      findPersonalData(text, { confidence: 'low' }).map((finding) => finding.rule),
    )
    expect(found).toContain(rule.rule)
  },
)
