import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GateDefinition } from '#contract/project-file.ts'
import { complaintLines } from '#gates/diagnostics/complaint-lines.ts'
import { parseOutput } from '#gates/diagnostics/parse-output.ts'
import { type PlainOutput, plainOutput } from '#gates/diagnostics/plain-output.ts'

const VECTORS = new URL('../vectors/diagnostics/', import.meta.url)

const vectors = readdirSync(VECTORS).flatMap((tool) =>
  readdirSync(new URL(`${tool}/`, VECTORS))
    .filter((file) => file.endsWith('.txt'))
    .map((file) => ({ tool: tool as GateDefinition['parser'], name: file.slice(0, -4) })),
)

function recorded(tool: string, name: string): PlainOutput {
  return plainOutput(readFileSync(new URL(`${tool}/${name}.txt`, VECTORS), 'utf8'))
}

describe('output recorded from the real tools', () => {
  it.each(vectors)(
    '$tool, $name, is read whole, its tool recognised by the shape alone',
    ({ tool, name }) => {
      const expected = JSON.parse(readFileSync(new URL(`${tool}/${name}.json`, VECTORS), 'utf8'))
      expect(expected).not.toEqual([])
      expect(parseOutput('auto', 'npm run check', recorded(tool, name))).toEqual(expected)
      expect(parseOutput(tool, 'npm run check', recorded(tool, name))).toEqual(expected)
    },
  )

  it.each(vectors)('$tool, $name, is read the same with Windows line ends', ({ tool, name }) => {
    const windows = plainOutput(recorded(tool, name).whole.replaceAll('\n', '\r\n'))
    expect(parseOutput(tool, '', windows)).toEqual(parseOutput(tool, '', recorded(tool, name)))
  })

  it("of node's test runner is read under its own name when it is TAP, as it is without a terminal", () => {
    const output = recorded('tap', 'node-test')
    expect(parseOutput('node-test', 'node --test', output)).toEqual(parseOutput('tap', '', output))
    expect(parseOutput('node-test', 'node --test', output)).not.toEqual([])
  })

  it('of several tools in one script is read by each of them', () => {
    const output = ['eslint/stylish', 'tsc/plain', 'vitest/default']
      .map((path) => recorded(...(path.split('/') as [string, string])).whole)
      .join('\n')
    const tools = parseOutput('auto', 'npm run all', plainOutput(output)).map((found) => found.tool)
    expect([...new Set(tools)]).toEqual(['tsc', 'eslint', 'vitest'])
    expect(tools).toHaveLength(5 + 7 + 5)
  })
})

describe('plain output', () => {
  it('keeps what a progress line said last, and no colours', () => {
    expect(plainOutput('10%\r50%\r\u001b[32mdone\u001b[0m\r\nnext\n')).toEqual({
      lines: ['done', 'next', ''],
      text: 'done\nnext\n',
      whole: 'done\nnext\n',
      cut: false,
    })
  })

  it('bounds a line before any pattern meets it', () => {
    const { text, whole, cut } = plainOutput('x'.repeat(50_000))
    expect([text.length, whole.length, cut]).toEqual([1_000, 50_000, false])
    expect(plainOutput('\n'.repeat(300_000)).cut).toBe(true)
  })
})

describe('output of tools nobody knows', () => {
  it('is read as file:line:column: message, like a compiler prints it', () => {
    const output = [
      'src/main.c:3:4: error: expected ; before }',
      'src/main.c:3:4: note: to match this',
      './lib/a.sh:12: warning: unused',
      'http://localhost:3000: error: no file at all',
      'at 10:30: nothing',
      '::error file=app/x.rb,line=7,col=2::bad name',
    ].join('\n')
    expect(parseOutput('auto', 'make lint', plainOutput(output))).toEqual([
      {
        tool: 'matcher',
        rule: '',
        file: 'src/main.c',
        line: 3,
        severity: 'error',
        message: 'expected ; before }',
      },
      { tool: 'matcher', rule: '', file: 'lib/a.sh', line: 12, severity: 'warning', message: 'unused' },
      { tool: 'matcher', rule: '', file: 'app/x.rb', line: 7, severity: 'error', message: 'bad name' },
    ])
  })

  it('falls back to the lines that complain, or to all of them', () => {
    expect(
      complaintLines(plainOutput('starting\nERROR: no database\n----\n')).map((found) => found.message),
    ).toEqual(['ERROR: no database'])
    expect(complaintLines(plainOutput('one\n\ntwo\n')).map((found) => found.message)).toEqual(['one', 'two'])
  })
})

describe('hostile output', () => {
  it('never makes a parser throw, whatever lines it is made of', () => {
    const pieces = vectors.flatMap(({ tool, name }) => recorded(tool, name).lines)
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 60 }), (lines) => {
        for (const found of parseOutput('auto', 'tsc jest cargo', plainOutput(lines.join('\n')))) {
          expect(found.message.length).toBeLessThanOrEqual(2_000)
          expect(found.file.startsWith('/workspace/')).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['[{"filePath":null,"messages":[null,{"ruleId":{}}]}]', 2],
    ['[{"filePath":"a.js","messages":5}]', 0],
    ['[{"filePath":', 0],
    [`[{"filePath":${'['.repeat(3_000)}`, 0],
  ])('gives no more than it holds: %.40s', (output, count) => {
    expect(parseOutput('eslint', '', plainOutput(output))).toHaveLength(count)
  })

  it('of the largest size, repeating what is dearest to each pattern, is read all the same', () => {
    const pieces = [
      ':1:1: [Error/',
      'a.b/',
      '  1:1  error  x',
      ' '.repeat(40),
      "panicked at '",
      '(1,1): ',
      '1.1.1.',
      'test a ... FAILED\n---- a stdout ----\n',
      '--- FAIL: A/b (\n',
      'FAILED a.py::b\n',
      '___ b ___\n',
      ' FAIL  a\n',
      '  ● a\n',
      'not ok 1 - a\n',
      'error: a\n --> a:1:1\n',
    ]
    for (const piece of pieces) {
      const output = plainOutput(piece.repeat(2_000_000 / piece.length))
      expect(
        parseOutput('auto', 'tsc eslint jest vitest pytest go test cargo mypy ruff tap', output),
      ).toBeDefined()
    }
  }, 60_000)

  it('in one long line of JSON is read whole', () => {
    const messages = Array.from({ length: 2_000 }, (_, line) => ({
      ruleId: 'r',
      severity: 2,
      message: 'm',
      line,
    }))
    const output = plainOutput(`> eslint\n${JSON.stringify([{ filePath: '/workspace/a.js', messages }])}\n`)
    expect(parseOutput('auto', 'npm run lint', output)).toHaveLength(2_000)
  })
})
