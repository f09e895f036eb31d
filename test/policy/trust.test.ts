import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EgressRoute } from '#contract/egress.ts'
import { egressWithinRuleOfTwo, isTrusted, labelled, type Source } from '#policy/trust.ts'

const SOURCES: readonly Source[] = ['requester', 'reviewer', 'gates', 'repository', 'issue', 'web']
const ROUTES: readonly EgressRoute[] = [{ scheme: 'https', host: 'api.example.org', port: 443, bounds: [] }]

describe('labels', () => {
  test('people who signed in are trusted, and nothing else is', () => {
    expect(SOURCES.filter(isTrusted)).toEqual(['requester', 'reviewer'])
  })

  test('what strangers wrote cannot end its own fence, whatever it holds', () => {
    const mark = 'mark-3f9a7c21'
    fc.assert(
      fc.property(fc.array(fc.constantFrom(mark, '<<<', '>>>', '\n', 'words')), (parts) => {
        const lines = labelled('gates', parts.join(''), mark).split('\n')
        expect(lines.filter((line) => line.includes(mark))).toEqual([lines[0], `<<<${mark}`, `${mark}>>>`])
        expect(lines.at(-1)).toBe(`${mark}>>>`)
      }),
    )
  })

  test("a reviewer's words are told as theirs, without a fence", () => {
    expect(labelled('reviewer', 'Use the other rounding.', 'm')).toBe(
      'From the reviewer:\n\nUse the other rounding.',
    )
  })
})

describe('the rule of two', () => {
  test('whoever read what strangers wrote loses every way out beyond registries, and is told', () => {
    fc.assert(
      fc.property(fc.subarray([...SOURCES]), fc.boolean(), (read, holds) => {
        const routes = holds ? ROUTES : []
        const loses = holds && read.some((source) => !isTrusted(source))
        const kept = egressWithinRuleOfTwo(read, routes)
        expect(kept.routes).toEqual(loses ? [] : routes)
        expect(kept.refusal?.rule).toBe(loses ? 'trust.rule-of-two' : undefined)
      }),
    )
    expect(egressWithinRuleOfTwo(['requester', 'gates'], ROUTES).refusal).toEqual({
      boundary: 'network',
      rule: 'trust.rule-of-two',
      what: 'the way to api.example.org',
      reason:
        'The agent reads what comes from programs of this repository that were run as its checks: text of strangers and a way out do not go together.',
      remedy: 'Fetch what is needed during setup, where no agent is.',
    })
  })
})
