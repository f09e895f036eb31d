import { describe, expect, it } from 'vitest'
import { newSyntaxFault, syntaxFaults } from '#guards/syntax.ts'

const GOOD: readonly [string, string][] = [
  ['a.js', 'export const f = (a) => `a` + a // fine\n'],
  ['a.ts', 'const a: number = 1\ninterface B<T> { c?: T }\n'],
  ['a.tsx', 'const x = <div className="a">{1}</div>\n'],
  ['a.json', '{"a": [1, 2]}'],
  ['a.yaml', 'a:\n  - 1\n'],
  ['a.css', 'a { color: red }'],
  ['a.html', '<ul><li>one<li>two</ul>'],
  ['empty.js', ''],
]

const BROKEN: readonly [string, string][] = [
  ['a.js', 'function f( { return 1'],
  ['a.js', 'if (a { }'],
  ['a.js', 'foo(1, 2;\nbar()'],
  ['a.ts', 'const a: number = ;'],
  ['a.tsx', 'const x = <div>'],
  ['a.json', '{"a": [1, 2}'],
  ['a.yaml', 'a: [1, 2\nb: }'],
  ['a.css', 'a { color: red '],
]

describe('the syntax guard', () => {
  it.each(GOOD)('finds no fault in a good %s: %j', (path, text) => {
    expect(syntaxFaults(path, text)).toEqual([])
  })

  it.each(BROKEN)('finds a fault in a broken %s: %j', (path, text) => {
    expect(syntaxFaults(path, text)?.length).toBeGreaterThan(0)
    expect(newSyntaxFault(path, '', text)).toEqual({
      line: expect.any(Number),
      column: expect.any(Number),
      message: expect.any(String),
    })
  })

  it('says where', () => {
    expect(newSyntaxFault('a.js', 'foo(1)\n', 'ok()\nif (a { }\n')).toMatchObject({ line: 2, column: 6 })
  })

  it('does not blame an edit for what was broken before', () => {
    expect(newSyntaxFault('a.js', 'if (a { }\nlet b = 1', 'if (a { }\nlet b = 2')).toBeUndefined()
  })

  it('has no opinion on languages it cannot parse', () => {
    expect(syntaxFaults('a.unknown', '((((')).toBeUndefined()
    expect(newSyntaxFault('Makefile', '', '((((')).toBeUndefined()
  })
})
