import { expect, it } from 'vitest'
import { INJECTION_RULES } from '#guards/injection/rules.ts'
import { failedExamples as failedInjection } from '#guards/injection/self-check.ts'
import { PERSONAL_EXAMPLES } from '#guards/personal-data/rules.ts'
import { failedExamples as failedPersonal } from '#guards/personal-data/self-check.ts'
import { failedExamples as failedSecrets, SECRET_RULES } from '#guards/secrets/self-check.ts'

it('every rule of the text guards does what its examples say', () => {
  expect([...failedInjection(), ...failedPersonal(), ...failedSecrets()]).toEqual([])
})

it.each(INJECTION_RULES.map(({ rule }) => rule))('without %s its own true examples are missed', (rule) => {
  expect(failedInjection(rule).filter((failure) => failure.startsWith(`${rule} no longer`))).not.toEqual([])
})

it.each(PERSONAL_EXAMPLES.map(({ rule }) => rule))('without %s its own true examples are missed', (rule) => {
  expect(failedPersonal(rule).filter((failure) => failure.startsWith(`${rule} no longer`))).not.toEqual([])
})

it.each(SECRET_RULES.map((rule) => [rule.rule, rule] as const))(
  'without %s its own true examples are missed',
  (rule, examples) => {
    const failures = failedSecrets(rule, [examples])
    expect(failures.filter((failure) => failure.startsWith(`${rule} no longer`))).not.toEqual([])
  },
)
