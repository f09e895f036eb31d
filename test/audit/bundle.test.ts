import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EvidenceBundle, encodeBundle, MAX_BUNDLE_BYTES, parseBundle } from '#audit/bundle.ts'
import { verifierText } from '#audit/signing-key.ts'
import { verifyBundle } from '#audit/verify.ts'
import type { Json } from '#kernel/canonical-json.ts'
import { evidenceOf, plain, signer } from './evidence.ts'

const { bundle, facts } = await evidenceOf(plain)
const bytes = encodeBundle(bundle)

describe('an evidence bundle', () => {
  test('reads back as the same bytes', () => {
    const read = parseBundle(bytes)
    expect(read).toEqual({ ok: true, value: bundle })
    expect(read.ok && encodeBundle(read.value)).toEqual(bytes)
  })

  test('is refused or fails to verify when any byte of the file is another', () => {
    const surviving: number[] = []
    // Every byte is tried with a change that stays inside the alphabets, and one that leaves them.
    for (let at = 0; at < bytes.length; at++)
      for (const mask of [0x01, 0x80]) {
        const changed = bytes.with(at, (bytes[at] ?? 0) ^ mask)
        const read = parseBundle(changed)
        if (read.ok && verifyBundle({ bundle: read.value, trustedKey: signer.key, facts }).ok)
          surviving.push(at)
      }
    expect(surviving).toEqual([])
  })

  test('is refused in every form but the canonical one', () => {
    const text = Buffer.from(bytes).toString('utf8')
    const hostile = [
      '',
      'null',
      '[]',
      `${text}\n`,
      JSON.stringify(JSON.parse(text), undefined, 1),
      text.replace('"version":1', '"version":1,"version":1'),
      text.replace('{"approval"', '{"__proto__":{},"approval"'),
      text.replace('"version":1', '"version":2'),
      text.replace('"version":1', '"more":1,"version":1'),
      '['.repeat(100_000),
    ]
    for (const file of hostile)
      expect(parseBundle(Buffer.from(file))).toMatchObject({ ok: false, failure: { rule: 'audit.bundle' } })
  })

  test('names the field that has not its shape', () => {
    const broken = { ...bundle, gates: { ...bundle.gates, verdict: 'great' } } as unknown as EvidenceBundle
    expect(parseBundle(encodeBundle(broken))).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('gates.verdict') },
    })
  })

  test('above its bound is refused before it is parsed', () => {
    expect(parseBundle(new Uint8Array(MAX_BUNDLE_BYTES + 1))).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('128 MiB') },
    })
  })

  test('holds a patch as large as a patch may be', () => {
    const large = { ...bundle, patch: Buffer.alloc(32 * 1024 * 1024, 1).toString('base64') }
    expect(parseBundle(encodeBundle(large)).ok).toBe(true)
  })

  test('never throws on hostile values in its fields', () => {
    const place = fc.constantFrom(...placesIn(JSON.parse(Buffer.from(bytes).toString('utf8'))))
    fc.assert(
      fc.property(place, fc.jsonValue(), (path, value) => {
        const changed = replaced(JSON.parse(Buffer.from(bytes).toString('utf8')), path, value as Json)
        const read = parseBundle(encodeBundle(changed as unknown as EvidenceBundle))
        if (read.ok) verifyBundle({ bundle: read.value, trustedKey: signer.key, facts })
      }),
      { numRuns: 300 },
    )
  })

  test('carries the verifier key as text', () => {
    expect(bundle.key).toBe(verifierText(signer.key))
  })
})

function placesIn(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner as Json, [...path, key]))]
}

function replaced(value: Json, path: readonly string[], by: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return by
  if (Array.isArray(value)) return value.with(Number(key), replaced(value[Number(key)], rest, by))
  const record = value as Readonly<Record<string, Json>>
  return { ...record, [key]: replaced(record[key] ?? null, rest, by) }
}
