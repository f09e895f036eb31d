import { describe, expect, it } from 'vitest'
import { findPersonalData } from '#guards/personal-data/find.ts'
import { CHANNEL_POLICIES, redactPersonalData } from '#guards/personal-data/redact.ts'
import { PERSONAL_RULES } from '#guards/personal-data/rules.ts'
import { personalVectors } from '../support/personal-vectors.ts'

describe.each(PERSONAL_RULES)('the rule $rule', (rule) => {
  const ruled = (text: string) =>
    findPersonalData(text, { confidence: 'low', kinds: [rule.class] }).some(
      (finding) => finding.class === rule.class,
    )

  it('has three examples of each kind', () => {
    expect(rule.holds.length).toBeGreaterThanOrEqual(3)
    expect(rule.lacks.length).toBeGreaterThanOrEqual(3)
  })

  it.each(rule.holds)('finds its datum in %j', (text) => {
    expect(ruled(text)).toBe(true)
  })

  it.each(rule.lacks)('does not match %j', (text) => {
    const found = findPersonalData(text, { confidence: 'low' }).map((finding) => finding.rule)
    expect(found).not.toContain(rule.rule)
  })
})

it('every datum of the vectors is found, whole, and nothing else, but for those that are marked', () => {
  const wrong = personalVectors().filter(({ class: kind, text, data }) => {
    const found = findPersonalData(text)
    const whole = found.map(({ start, end }) => text.slice(start, end))
    return whole.join('|') !== data.join('|') || found.some((finding) => finding.class !== kind)
  })
  expect(wrong).toEqual(personalVectors().filter((vector) => vector.wrong))
  expect(wrong.length).toBeLessThan(personalVectors().length * 0.1)
})

it('redacts by channel, the same datum by the same placeholder', () => {
  const text =
    'Card 4539 1488 0343 6467 of anna.schmidt@firma-mueller.de; again 4539148803436467. Tel. +49 30 901820'
  const redacted = (channel: keyof typeof CHANNEL_POLICIES) =>
    redactPersonalData(text, CHANNEL_POLICIES[channel]).text
  expect(redacted('chat')).toBe('Card [card 1] of [email 1]; again [card 1]. Tel. [phone 1]')
  expect(redacted('model')).toBe(
    'Card [card 1] of anna.schmidt@firma-mueller.de; again [card 1]. Tel. [phone 1]',
  )
  expect(redacted('review')).toBe(
    'Card [card 1] of anna.schmidt@firma-mueller.de; again [card 1]. Tel. +49 30 901820',
  )
})

it('what is redacted holds nothing more to redact', () => {
  const left = personalVectors().filter(({ text }) => {
    const once = redactPersonalData(text, CHANNEL_POLICIES.log).text
    return redactPersonalData(once, CHANNEL_POLICIES.log).text !== once
  })
  expect(left).toEqual([])
})
