import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCodeOwners } from '#review/code-owners.ts'

/** Each line, and what it is about: what fits and what does not. As GitHub's "About code owners" describes them. */
const LINES: readonly [string, readonly string[], readonly string[]][] = [
  ['*', ['a', 'a/b/c.js'], []],
  ['*.js', ['a.js', 'deep/er/a.js'], ['a.jsx', 'js']],
  ['/*.js', ['a.js'], ['deep/a.js']],
  ['/build/logs/', ['build/logs/a', 'build/logs/b/c'], ['build/logs', 'x/build/logs/a']],
  ['docs/*', ['docs/start.md'], ['docs/app/troubles.md', 'x/docs/start.md', 'docs']],
  ['apps/', ['apps/a', 'x/y/apps/b/c'], ['apps', 'xapps/a']],
  ['/docs/', ['docs/a', 'docs/b/c'], ['x/docs/a']],
  ['/docs', ['docs', 'docs/a', 'docs/b/c'], ['x/docs']],
  ['**/logs', ['logs', 'logs/a', 'deep/er/logs/a'], ['xlogs']],
  ['/apps/github', ['apps/github', 'apps/github/a/b'], ['apps/githubs']],
  ['src/**/test.ts', ['src/test.ts', 'src/a/b/test.ts'], ['test.ts', 'src/test.tsx']],
  ['src/**', ['src/a', 'src/a/b'], ['src']],
  ['a?c', ['abc', 'x/abc'], ['ac', 'a/c']],
  ['a\\ b.txt', ['a b.txt', 'x/a b.txt'], ['a', 'b.txt']],
  ['/{a,b}', ['{a,b}'], ['a', 'b']],
  ['/Docs/', ['Docs/a'], ['docs/a']],
]

describe('a line of CODEOWNERS', () => {
  test.each(LINES)('%s', (line, fitting, others) => {
    const { ownersOf } = readCodeOwners(`${line} @one`)
    expect(fitting.filter((path) => ownersOf(path).length === 0)).toEqual([])
    expect(others.filter((path) => ownersOf(path).length > 0)).toEqual([])
  })

  test.each(['!a @one', '[ab] @one', '\\#a @one', 'a one', 'a @one two', '# * @one', '', '   ', '/ @'])(
    'that is none as GitHub reads them is passed over: %s',
    (line) => {
      expect(readCodeOwners(`${line}\nb @two`)).toMatchObject({ lines: 1 })
    },
  )
})

test('the last line that fits wins, and one that names nobody takes owners away', () => {
  const { ownersOf } = readCodeOwners(
    '* @all # everything\r\n*.js @js ops@example.org\n/apps/ @org/apps\n/apps/free\n',
  )
  const found = ['x', 'x.js', 'apps/x.js', 'apps/free/x.js'].map((path) => ownersOf(path))
  expect(found).toEqual([['@all'], ['@js', 'ops@example.org'], ['@org/apps'], []])
})

test('whatever stands in it, it is read, and quickly', () => {
  const text = fc.array(fc.constantFrom('*', '**', '/', 'a', '?', ' ', '@a', '\n', '\\', '#'), {
    maxLength: 400,
  })
  fc.assert(
    fc.property(text, fc.string(), (parts, path) => {
      const { ownersOf } = readCodeOwners(parts.join(''))
      expect(ownersOf(path).every((owner) => owner === '@a' || /^@a|@/.test(owner))).toBe(true)
    }),
    { numRuns: 200 },
  )
  const stars = `${'*a'.repeat(200)}b @one`
  expect(readCodeOwners(stars).ownersOf('a'.repeat(4_000))).toEqual([])
})
