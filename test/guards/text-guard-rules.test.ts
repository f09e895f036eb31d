import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ENCODED } from '#guards/injection/signals/encoded.ts'
import { HIDDEN_CHARACTERS } from '#guards/injection/signals/hidden-characters.ts'
import { HIDDEN_MARKUP } from '#guards/injection/signals/hidden-markup.ts'
import { ORDERS } from '#guards/injection/signals/orders.ts'
import { LINKS_AND_TURNS, MARKS, spoofingSignals } from '#guards/injection/signals/spoofing.ts'
import { PERSONAL_RULES } from '#guards/personal-data/rules.ts'
import { CONTEXT_RULES } from '#guards/secrets/context-rules.ts'
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
    context: CONTEXT_RULES.map(({ rule }) => rule).sort(),
    signals: [...HIDDEN_CHARACTERS, ...HIDDEN_MARKUP, ...ENCODED, ...LINKS_AND_TURNS]
      .map(({ rule }) => rule)
      .sort(),
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
