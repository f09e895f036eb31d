import { describe, expect, test } from 'vitest'
import { createPromptRedaction } from '#gateway/outgoing/redact-prompt.ts'
import { findSecrets } from '#guards/secrets/find.ts'
import { sampleOf } from '#guards/secrets/shape.ts'

const TOLD = 'abcdefghijkmnpqrstuvwxyz'
const SECRET = 'hunter2hunter2hunter2'

/** What took the square of its length would take hours here, and every other task would wait for it. */
describe('A prompt of megabytes that is all secrets is read once, not once for each:', () => {
  test.each([
    ['as they are', (value: string) => `${value} `],
    ['between escapes', (value: string) => `${value}\\u0041\\n`],
    ['in strings of their own', (value: string) => `","${value}`],
  ])('known ones %s', (_, dressed) => {
    const redact = createPromptRedaction([{ name: 'a', value: SECRET }], [{ name: 'b', value: TOLD }])
    const body = `{"messages":["${dressed(SECRET).repeat(50_000)}${dressed(TOLD).repeat(50_000)}"]}`
    const { body: sent, redacted } = redact(Buffer.from(body))
    const expected = body
      .replaceAll(SECRET, '[airlock:secret:a]')
      .replaceAll(TOLD, '[airlock:secret:b]')
      .replace('[airlock:secret:b]', TOLD)
    expect(sent.toString() === expected).toBe(true)
    expect(redacted).toHaveLength(99_999)
  })

  test('those of a maker', () => {
    const key = (index: number) =>
      `AKIA${String(index)
        .padStart(16, 'Q7XB2ZKW4M')
        .replace(/[0189]/g, 'J')}`
    const keys = Array.from({ length: 40_000 }, (_, index) => key(index))
    const { body, redacted } = createPromptRedaction([])(
      Buffer.from(`{"messages":["${keys.join(' \\\\n\\n ')}"]}`),
    )
    expect(redacted).toHaveLength(40_000)
    expect(body.toString().replace(/\[airlock:secret:[a-z-]+:[0-9a-f]{4}\]/g, '')).toBe(
      `{"messages":["${' \\\\n\\n '.repeat(39_999)}"]}`,
    )
  })

  test.each([
    'password=Tr0ub4dor ',
    'password="Tr0ub4dor3&" ',
    'curl -u admin:Tr0ub4dor3 ',
    'h:5432:',
    '<password>',
    'a; set; } = "Tr0ub4dor3" ',
    `-----BEGIN PRIVATE KEY----- ${sampleOf('{b16}', 1)} `,
  ])('one line of %j', (piece) => {
    const text = piece.repeat(4_000_000 / piece.length)
    const added = `${text}\n+key ${sampleOf('AKIA{u16}', 1)}`
    expect(findSecrets(added, { addedLinesOnly: true }).map(({ line }) => line)).toEqual([2])
  })
})
