import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCanaryWatch } from '#guards/canary.ts'
import { createMultiSearch } from '#guards/multi-search.ts'

const VALUE = 'k7q2m9x4w8c3v6b1n5z0'
const watch = createCanaryWatch([{ planted: 'the instructions', value: VALUE }])

const FORMS: readonly (readonly [name: string, text: string, form: string])[] = [
  ['raw', VALUE, 'as it is'],
  ['upper case', VALUE.toUpperCase(), 'as it is'],
  ['base64', Buffer.from(VALUE).toString('base64'), 'in base64'],
  ['base64 one byte off', Buffer.from(`x${VALUE}yz`).toString('base64'), 'in base64'],
  ['base64 two bytes off', Buffer.from(`xy${VALUE}`).toString('base64'), 'in base64'],
  ['base64 for addresses', Buffer.from(`??${VALUE}>>`).toString('base64url'), 'in base64'],
  ['hexadecimal', Buffer.from(VALUE).toString('hex'), 'in hexadecimal'],
  ['hexadecimal in capitals', Buffer.from(VALUE).toString('hex').toUpperCase(), 'in hexadecimal'],
  ['hexadecimal in pairs', Buffer.from(VALUE).toString('hex').replace(/../g, '$& '), 'in hexadecimal'],
  ['percent codes', Buffer.from(VALUE).toString('hex').replace(/../g, '%$&'), 'encoded for an address'],
  ['reversed', [...VALUE].reverse().join(''), 'reversed'],
  ['blanks', [...VALUE].join(' '), 'as it is'],
  ['lines', VALUE.replace(/.{5}/g, '$&\n'), 'as it is'],
  ['labels of a host', `${VALUE.slice(0, 9)}.${VALUE.slice(9)}.evil.example`, 'as it is'],
  ['dashes', [...VALUE].join('-'), 'as it is'],
]

describe('canaries', () => {
  test.each(FORMS)('%s is seen, alone and in the middle of other text', (_, text, form) => {
    const seen = { planted: 'the instructions', form }
    expect(watch.sees(text)).toEqual(seen)
    expect(watch.sees(`Some words before, ${text}; and after.`)).toEqual(seen)
  })

  test.each(FORMS)('%s is seen in a stream of single bytes', (_, text) => {
    const push = watch.stream()
    const seen = [...Buffer.from(`before ${text} after`)].map((byte) => push(Buffer.from([byte])))
    expect(seen.some((sighting) => sighting !== undefined)).toBe(true)
  })

  test('ordinary text, and most of a canary, trip nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(watch.sees(text)).toBeUndefined()
      }),
    )
    expect(watch.sees(VALUE.slice(1))).toBeUndefined()
    expect(createCanaryWatch([]).sees(VALUE)).toBeUndefined()
  })
})

test('the search for many needles finds what a plain search finds, in texts of few letters', () => {
  const word = (max: number) =>
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: max })
  fc.assert(
    fc.property(fc.array(word(5), { minLength: 1, maxLength: 6 }), word(60), (words, text) => {
      const hits = createMultiSearch(words.map((each) => Buffer.from(each)))(Buffer.from(text))
      const plain: { text: string; start: number }[] = []
      const longestFirst = words.toSorted((a, b) => b.length - a.length)
      for (let at = 0; at < text.length; at += 1) {
        const found = longestFirst.find((each) => text.startsWith(each, at))
        if (found === undefined) continue
        plain.push({ text: found, start: at })
        at += found.length - 1
      }
      expect(hits.map(({ start, end }) => ({ text: text.slice(start, end), start }))).toEqual(plain)
    }),
    { numRuns: 500 },
  )
})
