import { describe, expect, it } from 'vitest'
import type { Finding } from '#gates/diagnostics/finding.ts'
import { fingerprinted, normalisedMessage } from '#gates/fingerprint.ts'

const FINDING: Finding = {
  tool: 'eslint',
  rule: 'no-undef',
  file: 'src/a.js',
  line: 3,
  severity: 'error',
  message: "'x' is not defined",
}

function fingerprint(changes: Partial<Finding>): string {
  return fingerprinted({ ...FINDING, ...changes }).fingerprint
}

describe('a fingerprint', () => {
  it('is a digest, and stays the same when the line moves', () => {
    expect(fingerprint({})).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(fingerprint({ line: 300 })).toBe(fingerprint({}))
  })

  it.each<[string, Partial<Finding>]>([
    ['tool', { tool: 'biome' }],
    ['rule', { rule: 'no-unused-vars' }],
    ['file', { file: 'src/b.js' }],
    ['symbol', { symbol: 'round' }],
    ['severity', { severity: 'warning' }],
    ['message', { message: "'y' is not defined" }],
  ])('changes with the %s', (_, changes) => {
    expect(fingerprint(changes)).not.toBe(fingerprint({}))
  })

  it('cannot be moved from one field into the next', () => {
    expect(fingerprint({ rule: 'ab', file: 'c' })).not.toBe(fingerprint({ rule: 'a', file: 'bc' }))
  })
})

describe('a normalised message', () => {
  it.each([
    ['Test timed out in 50ms.', 'Test timed out in 71ms.'],
    ['took 1.5 s', 'took 12 s'],
    ['<Foo object at 0x7ff38ea2c690>', '<Foo object at 0x7f9c89313ed0>'],
    ['id 3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'id 9b2d04e0-4f89-41d3-9a0c-0305e82c33ff'],
    ['at 2026-01-31T12:00:00.000Z', 'at 2027-02-01T08:30:11.120Z'],
    ['object 1f3a9c2d', 'object 77b0c2de'],
    ['in /workspace/src/a.ts', 'in src/a.ts'],
    ['no file /tmp/airlock-Xy12/a.txt', 'no file /tmp/airlock-Zz98/b/a.txt'],
    ['expected “a” to be `b`', 'expected "a" to be \'b\''],
    ['expected 2 arguments,  got 3', 'expected 4 arguments, got 17'],
    ['port 127.0.0.1:40123', 'port 127.0.0.1:53111'],
  ])('is one for "%s" and "%s"', (one, other) => {
    expect(normalisedMessage(one)).toBe(normalisedMessage(other))
  })

  it.each([
    ['variable x1', 'variable x2'],
    ['Cannot find name a', 'Cannot find name b'],
    ['decade', 'facade'],
  ])('keeps apart "%s" and "%s"', (one, other) => {
    expect(normalisedMessage(one)).not.toBe(normalisedMessage(other))
  })
})
