import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openBytes, sealBytes } from '#secrets/sealed-bytes.ts'

const label = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 5 })
const bytes = fc.uint8Array({ maxLength: 300 })

test('what was sealed opens under its key and label, and is longer by 29 bytes', () => {
  fc.assert(
    fc.property(bytes, label, (content, about) => {
      const key = randomBytes(32)
      const sealed = sealBytes(key, content, about, randomBytes)
      expect(sealed.length).toBe(content.length + 29)
      expect(openBytes(key, sealed, about)).toEqual(Buffer.from(content))
    }),
    { numRuns: 200 },
  )
})

test('opens for no other label, under no other key, and not when any bit of it is another', () => {
  fc.assert(
    fc.property(bytes, label, label, fc.nat(), (content, about, other, at) => {
      const key = randomBytes(32)
      const sealed = sealBytes(key, content, about, randomBytes)
      if (JSON.stringify(sorted(about)) !== JSON.stringify(sorted(other)))
        expect(openBytes(key, sealed, other)).toBe(undefined)
      expect(openBytes(randomBytes(32), sealed, about)).toBe(undefined)
      const bit = at % (sealed.length * 8)
      const changed = Uint8Array.from(sealed)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(openBytes(key, changed, about)).toBe(undefined)
      expect(openBytes(key, sealed.subarray(0, at % sealed.length), about)).toBe(undefined)
    }),
    { numRuns: 200 },
  )
})

function sorted(about: Readonly<Record<string, string>>) {
  return Object.entries(about).sort(([one], [two]) => (one < two ? -1 : 1))
}
