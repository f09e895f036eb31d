import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AuditEntry, decodeEntry, encodeEntry, MAX_ENTRY_BYTES } from '#audit/entry.ts'
import type { Json } from '#kernel/canonical-json.ts'
import { entryOf } from './evidence.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

describe('an audit entry', () => {
  test('has one form only, with its keys in order', () => {
    expect(text(encodeEntry(entryOf('task.submitted', { attempt: 1, data: { z: 1, a: ['é'] } })))).toBe(
      '{"action":"task.submitted","actor":{"id":"airlock","kind":"system"},"at":"2026-01-31T12:00:00.000Z",' +
        '"attempt":1,"data":{"a":["é"],"z":1},"organisation":"org_1","subject":"tsk_1","version":1}',
    )
  })

  test('reads back as what was written', () => {
    const data = fc.dictionary(
      fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
      fc.oneof(
        fc.string({ unit: 'grapheme' }),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
    )
    fc.assert(
      fc.property(data, (values) => {
        const bytes = encodeEntry(entryOf('task.submitted', { data: values }))
        const read = decodeEntry(bytes)
        expect(read.ok && encodeEntry(read.value)).toEqual(bytes)
      }),
    )
  })

  test.each<[string, Partial<Record<keyof AuditEntry, unknown>>]>([
    ['an instant without milliseconds', { at: '2026-01-31T12:00:00Z' }],
    ['an instant that does not exist', { at: '2026-02-31T12:00:00.000Z' }],
    ['an action that is not dotted', { action: 'submitted' }],
    ['an unknown kind of actor', { actor: { kind: 'root', id: 'x' } }],
    ['an unknown version', { version: 2 }],
    ['attempt zero', { attempt: 0 }],
    ['data that turns into text', { data: new Date(0) }],
    ['data that is a list', { data: [] as unknown as Json }],
    ['data nested too deep', { data: deep(9) }],
    ['data with half a character', { data: { a: '\ud800' } }],
    ['data with a function', { data: { a: () => 1 } }],
    ['data with an undefined value', { data: { a: undefined } }],
    ['data with a number without JSON form', { data: { a: Number.NaN } }],
    ['too many bytes', { data: { a: 'x'.repeat(MAX_ENTRY_BYTES) } }],
  ])('with %s is not written', (_, changes) => {
    expect(() => encodeEntry({ ...entryOf('task.submitted'), ...changes } as AuditEntry)).toThrow()
  })

  test.each<[string, (canonical: string) => string | Uint8Array]>([
    ['a space', (json) => json.replace(':', ': ')],
    ['a newline at the end', (json) => `${json}\n`],
    ['a byte order mark', (json) => `\ufeff${json}`],
    ['another order', (json) => json.replace(/("action":"[^"]*"),(.*)}$/, '$2,$1}')],
    ['an escape that is not needed', (json) => json.replace('task', '\\u0074ask')],
    ['another number form', (json) => json.replace('"version":1', '"version":1.0')],
    ['a key twice', (json) => json.replace('"version":1', '"version":1,"version":1')],
    ['a key that is not known', (json) => json.replace('"version":1', '"version":1,"x":1')],
    ['a key that parsers drop', (json) => json.replace('"data":{', '"data":{"__proto__":{},')],
    ['a byte that is not UTF-8', (json) => Buffer.from(json.replace('airlock', '\xff'), 'latin1')],
    [
      'deep nesting',
      (json) => json.replace('"data":{}', `"data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
    ],
    ['nothing', () => ''],
    ['too many bytes', (json) => json + ' '.repeat(MAX_ENTRY_BYTES)],
  ])('with %s is refused', (_, change) => {
    const changed = change(text(encodeEntry(entryOf('task.submitted'))))
    expect(decodeEntry(typeof changed === 'string' ? Buffer.from(changed) : changed)).toMatchObject({
      ok: false,
      failure: { code: 'verification_failed', rule: 'audit.entry' },
    })
  })

  test('never reads from noise, and never throws on it', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => !decodeEntry(noise).ok))
  })
})

function deep(levels: number): Json {
  return levels === 0 ? 1 : { a: deep(levels - 1) }
}
