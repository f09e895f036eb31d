import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Lines } from '#tasks/lines.ts'

function linesOf(chunks: readonly Uint8Array[], most = 1_000): string[] {
  const seen: string[] = []
  const lines = new Lines(most, (line) => seen.push(line))
  for (const chunk of chunks) lines.push(chunk)
  lines.end()
  return seen
}

test('a line that comes byte by byte is one line', () => {
  const bytes = [...Buffer.from('ein Ä\nzwei\n\nlast')].map((byte) => Uint8Array.of(byte))
  expect(linesOf(bytes)).toEqual(['ein Ä', 'zwei', '', 'last'])
})

test('of an endless line only the first bytes are kept, and the next line is whole again', () => {
  expect(linesOf([Buffer.alloc(5_000, 'x'), Buffer.from('y\nnext\n')], 4)).toEqual(['xxxx', 'next'])
})

test('however the output is cut into chunks, the lines are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.nat(20)), (texts, cuts) => {
      const whole = Buffer.from(texts.join('\n'))
      const chunks: Uint8Array[] = []
      let at = 0
      for (const cut of cuts) {
        chunks.push(whole.subarray(at, at + cut))
        at += cut
      }
      chunks.push(whole.subarray(at))
      expect(linesOf(chunks)).toEqual(linesOf([whole]))
    }),
  )
})
