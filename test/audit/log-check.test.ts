import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { signCheckpoint } from '#audit/checkpoint.ts'
import { encodeEntry } from '#audit/entry.ts'
import { checkLog, type LogReport } from '#audit/log-check.ts'
import { checkpointLine, entryLine, MAX_LINE_BYTES } from '#audit/log-export.ts'
import { append, emptyFrontier, leafHash, rootOf } from '#audit/merkle.ts'
import { entryOf, ORIGIN, signer, stranger } from './evidence.ts'

const entries = Array.from({ length: 10 }, (_, n) => encodeEntry(entryOf('task.submitted', { data: { n } })))
const checkpointAt = (size: number, of = entries, by = signer) =>
  signCheckpoint({ origin: ORIGIN, size, root: rootAt(size, of) }, by)
const [early, late] = await Promise.all([checkpointAt(4), checkpointAt(10)])
const lines = [
  ...entries.slice(0, 4).map((bytes, n) => entryLine(n, bytes)),
  checkpointLine(early),
  ...entries.slice(4).map((bytes, n) => entryLine(n + 4, bytes)),
  checkpointLine(late),
]
const forged = encodeEntry(entryOf('task.submitted', { data: { n: 'forged' } }))

describe('an exported log', () => {
  test('that was not touched verifies', async () => {
    expect(await check(lines)).toEqual({ ok: true, entries: 10, checkpoints: 2, findings: [] })
  })

  test('verifies in whatever pieces it arrives', async () => {
    const bytes = Buffer.from(lines.join(''))
    for (const size of [1, 7, 1000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      )
      expect((await checkLog(pieces, { key: signer.key, origin: ORIGIN })).ok).toBe(true)
    }
  })

  test.each<[string, readonly string[], string, number]>([
    ['a changed entry', lines.with(2, retyped(2, forged)), 'entry_changed', 2],
    ['a changed entry whose hash was changed too', lines.with(6, entryLine(5, forged)), 'entry_changed', 4],
    ['a missing entry', lines.toSpliced(6, 1), 'entries_missing', 5],
    ['an entry twice', lines.toSpliced(7, 0, lines[6] ?? ''), 'entry_out_of_order', 5],
    ['two entries exchanged', swapped(6, 7), 'entries_missing', 5],
    ['two entries exchanged and numbered anew', renumbered(), 'entry_changed', 4],
    ['an entry that is not canonical', lines.with(1, entryLine(1, Buffer.from('{}'))), 'entry_unreadable', 1],
    ['an early end', lines.slice(0, 8), 'unsigned_end', 4],
    ['nothing at all', [], 'unsigned_end', 0],
    ['a damaged line', lines.with(3, 'x\n'), 'unreadable_line', 3],
    ['a line with a space in it', lines.with(3, lines[3]?.replace(':', ': ') ?? ''), 'unreadable_line', 3],
    ['an endless line', ['x'.repeat(MAX_LINE_BYTES + 1)], 'unreadable_line', 0],
    ['a changed checkpoint', lines.with(4, lines[4]?.replace('4\\n', '5\\n') ?? ''), 'checkpoint_invalid', 4],
    [
      'a checkpoint in another place',
      lines.toSpliced(4, 1).toSpliced(2, 0, lines[4] ?? ''),
      'checkpoint_out_of_place',
      2,
    ],
  ])('with %s is found out', async (_, changed, kind, index) => {
    const report = await check(changed)
    expect(report.ok).toBe(false)
    expect(report.findings[0]).toMatchObject({ kind, index })
  })

  test('is refused when any one byte of it is another', async () => {
    const bytes = Buffer.from(lines.join(''))
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (bytes[at] ?? 0) ^ 1
      const report = await checkLog([changed], { key: signer.key, origin: ORIGIN })
      expect([at, report.ok]).toEqual([at, false])
    }
  })

  test('signed by a stranger, or of another log, is refused', async () => {
    const strange = [...lines.slice(0, -1), checkpointLine(await checkpointAt(10, entries, stranger))]
    expect((await check(strange)).findings[0]).toMatchObject({ kind: 'checkpoint_invalid' })
    const report = await checkLog([Buffer.from(lines.join(''))], {
      key: signer.key,
      origin: `${ORIGIN}/other`,
    })
    expect(report.findings[0]).toMatchObject({ kind: 'checkpoint_invalid', index: 4 })
  })

  test('rewritten by the holder of the key is found out by a checkpoint kept elsewhere', async () => {
    const rewritten = entries.with(0, forged)
    const exported = [
      ...rewritten.map((bytes, n) => entryLine(n, bytes)),
      checkpointLine(await checkpointAt(10, rewritten)),
    ]
    expect((await check(exported)).ok).toBe(true)
    const known = [{ origin: ORIGIN, size: 4, root: rootAt(4, entries), extensions: [] }]
    const report = await checkLog([Buffer.from(exported.join(''))], {
      key: signer.key,
      origin: ORIGIN,
      known,
    })
    expect(report.findings).toMatchObject([{ kind: 'history_rewritten', index: 0 }])
  })

  test('cut short at an older checkpoint is found out by a newer one kept elsewhere', async () => {
    const known = [{ origin: ORIGIN, size: 10, root: rootAt(10, entries), extensions: [] }]
    const cut = Buffer.from(lines.slice(0, 5).join(''))
    const report = await checkLog([cut], { key: signer.key, origin: ORIGIN, known })
    expect(report.findings).toMatchObject([{ kind: 'cut_short', index: 4 }])
  })

  test('names at most a hundred faults, and never throws on noise', async () => {
    expect((await check(Array(500).fill('x\n'))).findings).toHaveLength(100)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 })), async (noise) => {
        expect((await checkLog(noise, { key: signer.key, origin: ORIGIN })).ok).toBe(false)
      }),
    )
  })
})

function check(exported: readonly string[]): Promise<LogReport> {
  return checkLog([Buffer.from(exported.join(''))], { key: signer.key, origin: ORIGIN })
}

function rootAt(size: number, of: readonly Uint8Array[]): Uint8Array {
  return rootOf(of.slice(0, size).map(leafHash).reduce(append, emptyFrontier))
}

/** An entry line with another entry but the old leaf hash: a careless forger. */
function retyped(index: number, bytes: Uint8Array): string {
  const line = JSON.parse(lines[index] ?? '')
  return `${JSON.stringify({ ...line, entry: Buffer.from(bytes).toString('base64') })}\n`
}

function swapped(one: number, other: number): string[] {
  return lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '')
}

function renumbered(): string[] {
  const [five = Buffer.of(), six = Buffer.of()] = entries.slice(5, 7)
  return lines.with(6, entryLine(5, six)).with(7, entryLine(6, five))
}
