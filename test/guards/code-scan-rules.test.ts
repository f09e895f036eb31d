import { describe, expect, it } from 'vitest'
import { bitOf, SCAN_CLASSES } from '#guards/code-scan/class.ts'
import { exampledRules } from '#guards/code-scan/examples.ts'
import { SEVERITIES } from '#guards/code-scan/rule.ts'
import { languageRules, languageWith } from '#guards/code-scan/rules.ts'
import { scanFile } from '#guards/code-scan/scan.ts'

const rules = exampledRules()

describe.each(rules)('the rule $rule.id', ({ language, rule, finds, leaves }) => {
  const told = (text: string) =>
    scanFile({ path: 'example', text, language }).findings.filter((finding) => finding.rule === rule.id)

  it('finds what it must, and leaves alone what only looks alike', () => {
    const missed = finds.filter(
      (text) => !told(text).some(({ severity }) => rule.severity === 'low' || severity !== 'low'),
    )
    const wrong = leaves.filter((text) => told(text).length > 0)
    expect({ missed, wrong }).toEqual({ missed: [], wrong: [] })
    expect(finds.length).toBeGreaterThanOrEqual(3)
    expect(leaves.length).toBeGreaterThanOrEqual(3)
  })

  it('says what is wrong and how to mend it', () => {
    expect(rule.id.startsWith(`${language}.`)).toBe(true)
    expect(SCAN_CLASSES).toContain(rule.class)
    expect(SEVERITIES).toContain(rule.severity)
    expect(rule.cwe).toBeGreaterThan(0)
    expect(rule.message).toMatch(/^[A-Z`].+\.$/)
    expect(rule.fix).toMatch(/^[A-Z`].+\.$/)
  })
})

it('misses its examples when a rule is taken away', () => {
  const stillFound = rules.filter(({ language, rule, finds }) => {
    const without = languageWith(language, ({ id }) => id !== rule.id)
    return finds.some((text) =>
      scanFile({ path: 'example', text, language }, () => without).findings.some(
        ({ rule: id }) => id === rule.id,
      ),
    )
  })
  expect(stillFound).toEqual([])
  expect(rules.length).toBeGreaterThan(130)
})

it('uses every sighting: each says something that a call, a text or an assignment can meet', () => {
  const idle = [...new Set(rules.map(({ language }) => language))].flatMap((language) =>
    languageRules(language).rules.flatMap(({ id, when }) =>
      when
        .filter(
          ({ call, assign, read, record, search, returns, text }) =>
            [call, assign, read, record].every((paths) => paths === undefined || paths.length === 0) &&
            search === undefined &&
            text === undefined &&
            returns !== true,
        )
        .map(() => id),
    ),
  )
  expect(idle).toEqual([])
})

it('gives every class that values flow into a bit of its own', () => {
  const bits = SCAN_CLASSES.map(bitOf).filter((bit) => bit !== 0)
  expect(new Set(bits).size).toBe(bits.length)
})
