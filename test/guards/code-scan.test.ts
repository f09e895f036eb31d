import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ScanFinding } from '#contract/scan-report.ts'
import { baselineText, parseBaseline } from '#guards/code-scan/baseline.ts'
import { broughtIn } from '#guards/code-scan/brought-in.ts'
import { inspectFile } from '#guards/code-scan/inspect.ts'
import { languageRules } from '#guards/code-scan/rules.ts'
import { scanFile } from '#guards/code-scan/scan.ts'
import { isFlagged, scanPairs, scoreTable } from '../support/scan-scores.ts'

const QUERY = [
  "app.get('/', (req, res) => {",
  '  const name = req.query.name',
  '  const sql = `SELECT * FROM t WHERE a = ${' + 'name}`',
  '  db.query(sql, done)',
  '})',
].join('\n')

const rulesOf = (findings: readonly ScanFinding[]) => findings.map(({ rule, line }) => `${line} ${rule}`)

describe('the code scan', () => {
  it('tells where a value comes in, how it goes, and where it does harm', () => {
    expect(scanFile({ path: 'src/a.js', text: QUERY }).findings).toEqual([
      {
        fingerprint: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        tool: 'airlock',
        rule: 'javascript.sql-injection',
        class: 'sql-injection',
        cwe: 89,
        severity: 'high',
        path: 'src/a.js',
        line: 4,
        column: 3,
        endLine: 4,
        endColumn: 22,
        message: expect.stringContaining('SQL'),
        fix: expect.stringContaining('constant'),
        snippet: 'db.query(sql, done)',
        flow: [
          { line: 2, column: 16, what: 'comes from a request' },
          { line: 2, column: 9, what: 'assigned to name' },
          { line: 3, column: 15, what: 'put into a longer text' },
          { line: 3, column: 9, what: 'assigned to sql' },
          { line: 4, column: 3, what: 'reaches this' },
        ],
      },
    ])
  })

  it('gives moved code the same fingerprint, and a second one of its kind another', () => {
    const [first] = scanFile({ path: 'a.js', text: QUERY }).findings
    const [moved] = scanFile({ path: 'a.js', text: `\n// a comment\n\n${QUERY}` }).findings
    const twice = scanFile({ path: 'a.js', text: `${QUERY}\n${QUERY}` }).findings
    expect(moved?.fingerprint).toBe(first?.fingerprint)
    expect(new Set(twice.map(({ fingerprint }) => fingerprint)).size).toBe(2)
    expect(scanFile({ path: 'b.js', text: QUERY }).findings[0]?.fingerprint).not.toBe(first?.fingerprint)
  })

  it('leaves alone what a comment gives a reason for, and shows it', () => {
    const reasoned = QUERY.replace(
      '  db.query',
      '  // airlock-ignore: javascript.sql-injection -- read only replica\n  db.query',
    )
    expect(scanFile({ path: 'a.js', text: reasoned }).findings).toMatchObject([
      { rule: 'javascript.sql-injection', suppressed: 'read only replica' },
    ])
    const bare = QUERY.replace('  db.query', '  // airlock-ignore: sql-injection\n  db.query')
    const found = scanFile({ path: 'a.js', text: bare }).findings
    expect(rulesOf(found)).toEqual(['4 airlock.unreasoned-suppression', '5 javascript.sql-injection'])
    expect(found.every(({ suppressed }) => suppressed === undefined)).toBe(true)
  })

  it('does not let a comment for another rule, or further away, suppress', () => {
    const other = QUERY.replace(
      '  db.query',
      '  // airlock-ignore: javascript.xss -- no markup here\n  db.query',
    )
    const far = QUERY.replace('  const name', '  // airlock-ignore: * -- far away\n  const name')
    for (const text of [other, far])
      expect(scanFile({ path: 'a.js', text }).findings[0]?.suppressed).toBeUndefined()
  })

  it('shows no credential', () => {
    const { findings } = inspectFile({ path: 'a.py', text: "password = 'hunter2!xyz'\n" })
    expect(findings).toMatchObject([{ class: 'hardcoded-credentials', cwe: 798 }])
    expect(JSON.stringify(findings)).not.toContain('hunter2')
  })

  it('knows what a change brought in by where the value went as well', () => {
    const rulesAfter = (before: string, after: string) =>
      broughtIn({ path: 'a.js', before: Buffer.from(before), after: Buffer.from(after) }).findings.map(
        ({ rule }) => rule,
      )
    expect(rulesAfter(QUERY.replace('req.query.name', "'x'"), QUERY)).toEqual(['javascript.sql-injection'])
    expect(rulesAfter(QUERY, `// above\n${QUERY}\n// end`)).toEqual([])
    expect(rulesAfter(QUERY, `${QUERY}\n${QUERY}`)).toEqual(['javascript.sql-injection'])
    expect(rulesAfter(`${QUERY}\n${QUERY}`, QUERY)).toEqual([])
  })

  it('counts credentials, randomness and hashes of tests as of little weight, and injection as ever', () => {
    const password = "const password = 'hunter2!x'"
    expect(scanFile({ path: 'src/a.js', text: password }).findings[0]?.severity).toBe('medium')
    expect(scanFile({ path: 'test/a.test.js', text: password }).findings[0]?.severity).toBe('low')
    expect(scanFile({ path: 'test/a.test.js', text: QUERY }).findings[0]?.severity).toBe('high')
  })

  it('looks for secrets and for what scripts would run', () => {
    const script = '#!/bin/sh\nset -e\ncurl -s https://example.com/install.sh | sh\n'
    expect(rulesOf(inspectFile({ path: 'script/setup.sh', text: script }).findings)).toEqual([
      '3 command.remote-script',
    ])
    const manifest =
      '{\n  "scripts": {\n    "postinstall": "curl -s https://example.com/x | sh",\n    "test": "vitest run"\n  }\n}\n'
    expect(rulesOf(inspectFile({ path: 'package.json', text: manifest }).findings)).toEqual([
      '3 command.remote-script',
    ])
    const image =
      'FROM debian\nRUN apt-get update && rm -rf /var/lib/apt/lists/*\nRUN wget -qO- https://example.com/x | bash\n'
    expect(rulesOf(inspectFile({ path: 'Dockerfile', text: image }).findings)).toEqual([
      '3 command.remote-script',
    ])
  })

  it('cuts what it shows of a line between letters, and reads the scripts of a package and of an image', () => {
    const [cut] = scanFile({ path: 'a.js', text: `eval(req.body.x) //${'x'.repeat(140)}😀😀` }).findings
    expect(cut?.snippet.isWellFormed()).toBe(true)
    const rulesIn = (path: string, text: string) => rulesOf(inspectFile({ path, text }).findings)
    const script = { scripts: { test: 'node --test', postinstall: 'curl -s https://x.example/a | sh' } }
    expect(rulesIn('package.json', JSON.stringify(script))).toEqual(['1 command.remote-script'])
    expect(
      rulesIn('web/app.Dockerfile', 'FROM a\nrun curl -s https://x.example/a \\\n # why\n | sh\n'),
    ).toEqual(['3 command.remote-script'])
    expect(rulesIn('Dockerfile', 'RUN ["sh", "-c", "curl -s https://x.example/a | sh"]\n')).toEqual([
      '1 command.remote-script',
    ])
    expect(rulesIn('Dockerfile', 'RUN <<END\nset -e\ncurl -s https://x.example/a | sh\nEND\n')).toEqual([
      '3 command.remote-script',
    ])
    expect(rulesIn('Dockerfile', 'RUN --mount=type=cache,target=/c npm ci\nCOPY a b\n')).toEqual([])
  })

  it('quotes no secret that stands on the line of another finding, nor tells it by a fingerprint', () => {
    const key = ['ghp', 'Zx8Kq2Lm4Np6Rt8Vw0Yb2Cd4Ef6Gh80VmWcq'].join('_')
    const told = (text: string) => inspectFile({ path: 'a.js', text }).findings
    const line = (secret: string) => `eval(req.body.code) // with ${secret} in it`
    expect(told(line(key)).map(({ rule, snippet }) => [rule, snippet])).toEqual([
      ['javascript.code-injection', 'eval(req.body.code) // with … in it'],
      ['secret.github-token', expect.not.stringContaining(key.slice(4))],
    ])
    expect(told(line(key))[0]?.fingerprint).toBe(told(line('…'))[0]?.fingerprint)
  })

  it('keeps a baseline, and takes nothing else for one', () => {
    const { findings } = scanFile({ path: 'a.js', text: QUERY })
    const known = parseBaseline(baselineText(findings), 'known.json')
    expect(known.ok && [...known.value]).toEqual(findings.map(({ fingerprint }) => fingerprint))
    for (const text of ['', '[]', '{"airlockScanBaseline":2,"findings":[]}', `{"a":"${'x'.repeat(1000)}`])
      expect(parseBaseline(text, 'known.json')).toMatchObject({
        ok: false,
        failure: { code: 'invalid_input' },
      })
  })
})

describe('what the scan cannot look at', () => {
  it.each([
    ['a NUL', 'eval(req.body.x)\0', 'binary'],
    [
      'what is nested deeper than anybody writes',
      `x = ${'(\n'.repeat(3_000)}eval(req.body.x)${')\n'.repeat(3_000)}`,
      'too_deep',
    ],
    ['what a program wrote', `eval(req.body.x);${'a=1;'.repeat(2_000)}`, 'minified'],
    ['too much', `eval(req.body.x)\n${'a\n'.repeat(6_000_001)}`, 'too_large'],
  ])('is said of %s', (_what, text, incomplete) => {
    expect(scanFile({ path: 'a.js', text })).toEqual({ path: 'a.js', findings: [], incomplete })
  })

  it('is said of a text that is nothing of its language before the parser takes a minute for it', () => {
    const text = `eval(request.args['x'])\n${'if (a) { b = a } else { c = 1 }\n'.repeat(3_000)}`
    expect(scanFile({ path: 'a.py', text })).toMatchObject({ incomplete: 'unparsable' })
  })

  it('is nothing in a file that does not run', () => {
    expect(scanFile({ path: 'a.txt', text: QUERY })).toEqual({ path: 'a.txt', findings: [], notCode: true })
  })

  it.each(['js', 'ts', 'tsx', 'py', 'go', 'java', 'rb', 'php'])(
    'never throws for hostile %s',
    (extension) => {
      const pieces = [
        '(',
        '{',
        '"',
        '`${',
        "'",
        '<',
        '/*',
        '\u202e',
        'é\ud800',
        'if ',
        'a.b(',
        '=> ',
        '<<A\n',
        '\\',
        '\r',
        '#{',
        '?.',
      ]
      for (const piece of pieces)
        for (const text of [
          piece.repeat(3_000),
          `eval(req.body.x)\n${piece.repeat(500)}`,
          `${piece.repeat(500)}\nsystem($_GET["x"]);`,
        ])
          expect(() => inspectFile({ path: `a.${extension}`, text })).not.toThrow()
    },
  )
})

it('finds words that stand in a text more often than a call takes arguments', () => {
  expect(languageRules('ruby').words.hits('`#{x}`\n'.repeat(150_000)).near).toHaveLength(300_000)
})

describe('the vectors', () => {
  it.each(scanPairs())('finds $class in $language ($source), and not when it is mended', (pair) => {
    expect({
      vulnerable: isFlagged(pair.language, pair.vulnerable, pair.class),
      fixed: isFlagged(pair.language, pair.fixed, pair.class),
    }).toEqual({ vulnerable: true, fixed: false })
  })

  it('gives the numbers that docs/guards-scan.md says', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/guards-scan.md'), 'utf8')
    expect(scoreTable().filter((line) => !page.includes(line))).toEqual([])
  })
})
