import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ScanFinding } from '#contract/scan-report.ts'
import { sarifOf } from '#guards/code-scan/sarif.ts'
import { importSarif } from '#guards/code-scan/sarif-import.ts'
import { scanFile } from '#guards/code-scan/scan.ts'

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../vectors/sarif/sarif-schema-2.1.0.json'), 'utf8'),
)
const validate = new Ajv({
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
  allErrors: true,
}).compile(schema)

const FINDINGS = [
  ...scanFile({
    path: 'src/a b/ü.js',
    text: "db.query('SELECT * FROM t WHERE a = ' + req.query.a)\neval(req.body.x)",
  }).findings,
  ...scanFile({ path: 'c:x.py', text: "password = 'hunter2!x' # airlock-ignore: * -- sample of the manual" })
    .findings,
]

describe('SARIF out', () => {
  it('is valid against the schema of OASIS, with flows, fingerprints, suppressions and help', () => {
    const log = sarifOf(FINDINGS, '0.1.0')
    expect(validate(log) ? [] : validate.errors).toEqual([])
    const text = JSON.stringify(log)
    for (const part of [
      'codeFlows',
      'partialFingerprints',
      '"suppressions":[{"kind":"inSource"',
      '"help"',
      'external/cwe/cwe-089',
    ])
      expect(text).toContain(part)
    expect(text).toContain('"src/a%20b/%C3%BC.js"')
    expect(text).toContain('"./c%3Ax.py"')
  })

  it('is valid for nothing found as well, and not for what is no log', () => {
    expect(validate(sarifOf([], '0.1.0'))).toBe(true)
    expect(validate({ version: '2.1.0' })).toBe(false)
  })
})

describe('SARIF in', () => {
  it('takes in what it gave out: rule, place, severity, weakness, flow and suppression', () => {
    const taken = importSarif(JSON.stringify(sarifOf(FINDINGS, '0.1.0')), 'a.sarif')
    if (!taken.ok) throw new Error(taken.failure.message)
    const told = ({ rule, severity, line, column, cwe, suppressed, flow, path }: ScanFinding) => ({
      rule,
      severity,
      line,
      column,
      cwe,
      suppressed,
      flow,
      path,
    })
    expect(taken.value.map(told)).toEqual(FINDINGS.map(told))
    expect(taken.value.map((finding) => finding.tool)).toEqual(FINDINGS.map(() => 'Airlock'))
  })

  it('reads the level of the rule, and leaves out what passed and what names no file', () => {
    const log = {
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'Other\u001b[31m',
              rules: [{ id: 'r1', defaultConfiguration: { level: 'error' }, help: { text: 'Mend it.' } }],
            },
          },
          results: [
            {
              ruleIndex: 0,
              message: { text: 'bad' },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'file:///src/x.c' },
                    region: { startLine: 3 },
                  },
                },
              ],
            },
            {
              ruleId: 'r1',
              kind: 'pass',
              message: { text: 'fine' },
              locations: [{ physicalLocation: { artifactLocation: { uri: 'x.c' } } }],
            },
            { ruleId: 'r1', message: { text: 'nowhere' } },
            {
              ruleId: 'r1',
              message: { text: 'outside' },
              locations: [{ physicalLocation: { artifactLocation: { uri: '../../etc/passwd' } } }],
            },
          ],
        },
      ],
    }
    expect(importSarif(JSON.stringify(log), 'a.sarif')).toMatchObject({
      ok: true,
      value: [
        {
          tool: 'Other[31m',
          rule: 'r1',
          class: 'imported',
          severity: 'high',
          path: 'src/x.c',
          line: 3,
          message: 'bad',
          fix: 'Mend it.',
        },
      ],
    })
  })

  it('refuses what is no log, whatever it is', () => {
    const hostile = [
      '',
      'null',
      '{"version":"2.0.0","runs":[]}',
      '[[[[',
      `${'['.repeat(50_000)}`,
      '{"version":"2.1.0","runs":"x"}',
    ]
    for (const text of hostile)
      expect(importSarif(text, 'a.sarif')).toMatchObject({ ok: false, failure: { code: 'invalid_input' } })
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (value) => {
        importSarif(value, 'a.sarif')
        importSarif(
          `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[${value}]}]}`,
          'a.sarif',
        )
      }),
      { numRuns: 200 },
    )
  })
})
