import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FileChange } from '#contract/patch.ts'
import { selectFromPatch } from '#review/patch-selection.ts'
import { joinPatch, splitPatch } from '#review/patch-text.ts'

const directory = mkdtempSync(join(tmpdir(), 'airlock-selection-'))
afterAll(() => rmSync(directory, { recursive: true }))

function git(...args: string[]): Buffer {
  return execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: directory,
  })
}

function modified(path: string, more: Partial<FileChange> = {}): FileChange {
  const plain = { oldMode: '100644', newMode: '100644', binary: false, additions: 0, deletions: 0 }
  return { path, kind: 'modified', ...plain, ...more }
}

const lines = (count: number, change: Record<number, string> = {}) =>
  Array.from({ length: count }, (_, index) => change[index + 1] ?? `line ${index + 1}`).join('\n')

describe('leaving out files and hunks of a real patch', () => {
  let patch: Uint8Array = new Uint8Array()
  const files = [modified('image.bin', { binary: true }), modified('long.txt'), modified('short.txt')]

  beforeAll(() => {
    git('init', '-q')
    writeFileSync(join(directory, 'long.txt'), lines(60))
    writeFileSync(join(directory, 'short.txt'), 'one\n')
    writeFileSync(join(directory, 'image.bin'), Buffer.from([0, 1, 2, 255]))
    git('add', '-A')
    git('commit', '-qm', 'base')
    writeFileSync(
      join(directory, 'long.txt'),
      lines(60, { 5: 'five\nand a half', 30: '--- not a header', 55: '@@ -1 +1 @@' }),
    )
    writeFileSync(join(directory, 'short.txt'), 'two')
    writeFileSync(join(directory, 'image.bin'), Buffer.from([0, 9, 9, 255, 7]))
    patch = git('diff', '--binary', '--full-index')
    git('stash', '-q')
  })

  function applied(selected: Uint8Array): Record<string, string> {
    git('checkout', '-q', '.')
    execFileSync('git', ['apply', '--unidiff-zero', '-'], { cwd: directory, input: selected })
    const result = {
      long: readFileSync(join(directory, 'long.txt'), 'utf8'),
      short: readFileSync(join(directory, 'short.txt'), 'utf8'),
    }
    git('checkout', '-q', '.')
    return result
  }

  test('splitting and joining gives the same bytes', () => {
    expect(Buffer.from(joinPatch(splitPatch(patch))).equals(patch)).toBe(true)
    expect(splitPatch(patch).map(({ hunks }) => hunks.length)).toEqual([0, 3, 1])
  })

  test('a dropped hunk leaves the others where they belong', () => {
    const result = selectFromPatch(patch, files, {
      dropFiles: ['image.bin'],
      dropHunks: [{ path: 'long.txt', hunk: 0 }],
    })
    if (!result.ok) throw new Error(result.failure.message)
    expect(applied(result.value)).toEqual({
      long: lines(60, { 30: '--- not a header', 55: '@@ -1 +1 @@' }),
      short: 'two',
    })
  })

  test('dropping every hunk of a file drops the file', () => {
    const result = selectFromPatch(patch, files, {
      dropFiles: [],
      dropHunks: [0, 1, 2].map((hunk) => ({ path: 'long.txt', hunk })),
    })
    if (!result.ok) throw new Error(result.failure.message)
    expect(applied(result.value)).toEqual({ long: lines(60), short: 'two' })
  })

  test('a file, a hunk or everything that is not there is refused', () => {
    const codes = [
      { dropFiles: ['other.txt'], dropHunks: [] },
      { dropFiles: [], dropHunks: [{ path: 'long.txt', hunk: 3 }] },
      { dropFiles: ['image.bin', 'long.txt', 'short.txt'], dropHunks: [] },
    ].map((selection) => selectFromPatch(patch, files, selection))
    expect(codes.map((result) => !result.ok && result.failure.message)).toEqual([
      'The patch has no file other.txt.',
      'The patch has no hunk 3 in long.txt, which has 3.',
      'Nothing would be left of the patch.',
    ])
  })

  test('any subset of hunks applies, and what is dropped and kept together is the whole', () => {
    fc.assert(
      fc.property(fc.subarray([0, 1, 2]), (drop) => {
        const result = selectFromPatch(patch, files, {
          dropFiles: ['image.bin'],
          dropHunks: drop.map((hunk) => ({ path: 'long.txt', hunk })),
        })
        if (!result.ok) throw new Error(result.failure.message)
        const expected = { 5: 'five\nand a half', 30: '--- not a header', 55: '@@ -1 +1 @@' }
        const kept = Object.fromEntries(Object.entries(expected).filter((_, index) => !drop.includes(index)))
        expect(applied(result.value).long).toBe(lines(60, kept))
      }),
      { numRuns: 8 },
    )
  })
})

describe('lines that end in a carriage return', () => {
  const hostile = [
    'diff --git a/x.js b/x.js',
    'index 0000001..0000002 100644',
    '--- a/x.js',
    '+++ b/x.js',
    '@@ -1 +1,4 @@ heading\r@@ -1 +1 @@',
    ' a',
    '+/*\rGIT binary patch\r*/ evil()',
    '+//\rdiff --git a/y.js b/y.js\r@@ -1 +1 @@\r+b',
    '+c',
    '',
  ].join('\n')

  test('hide nothing of a file and begin none', () => {
    const patch = Buffer.from(hostile)
    const split = splitPatch(patch)
    expect(
      split.map(({ hunks, binary }) => [
        hunks
          .map(({ body }) => body)
          .join('')
          .includes('+c'),
        binary,
      ]),
    ).toEqual([[true, '']])
    expect(Buffer.from(joinPatch(split))).toEqual(patch)
  })
})
