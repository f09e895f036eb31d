import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Diagnostic, GateOutcome, GateResult } from '#contract/gate-report.ts'
import { GateDefinition } from '#contract/project-file.ts'
import { compareGate, reportOf } from '#gates/baseline.ts'
import type { Finding } from '#gates/diagnostics/finding.ts'
import { fingerprinted } from '#gates/fingerprint.ts'
import type { GateRun } from '#gates/gate-run.ts'

const GATE = GateDefinition.parse({ name: 'check', run: 'npm run check' })

function lint(message: string, changes: Partial<Finding> = {}): Diagnostic {
  return fingerprinted({ tool: 'eslint', rule: 'r', file: 'a.js', severity: 'error', message, ...changes })
}

function test(rule: string, message = 'failed'): Diagnostic {
  return fingerprinted({ tool: 'vitest', rule, file: 'a.test.ts', severity: 'error', message })
}

function line(message: string): Diagnostic {
  return fingerprinted({ tool: 'lines', rule: '', file: '', severity: 'error', message })
}

function run(outcome: GateOutcome, diagnostics: Diagnostic[] = [], changes: Partial<GateRun> = {}): GateRun {
  const exitCode = { pass: 0, fail: 1, could_not_run: 127, timed_out: 137 }[outcome]
  return { outcome, exitCode, seconds: 1, cut: false, diagnostics, lines: [], ...changes }
}

function summary({ verdict, ...result }: GateResult) {
  const messages = (list: readonly Diagnostic[]) =>
    list.map(({ rule, message }) => (rule === 'r' ? message : rule || message))
  return {
    verdict,
    new: messages(result.new),
    fixed: messages(result.fixed),
    preExisting: messages(result.preExisting),
    flaky: messages(result.flaky),
  }
}

const NOTHING = { new: [], fixed: [], preExisting: [], flaky: [] }

describe('a gate on base and result', () => {
  it('that passes on both passes, and the whole result says so', () => {
    expect(compareGate(GATE, run('pass'), run('pass'))).toEqual({
      name: 'check',
      command: 'npm run check',
      base: 'pass',
      result: 'pass',
      verdict: 'pass',
      ...NOTHING,
      seconds: 2,
      baseCached: false,
    })
  })

  it('tells new, fixed and pre-existing apart, and only new ones count', () => {
    const [a, b, c] = [lint('a'), lint('b'), lint('c')]
    expect(summary(compareGate(GATE, run('fail', [a, b]), run('fail', [b, c])))).toEqual({
      ...NOTHING,
      verdict: 'regressed',
      new: ['c'],
      fixed: ['a'],
      preExisting: ['b'],
    })
    expect(summary(compareGate(GATE, run('fail', [a, b]), run('fail', [b])))).toEqual({
      ...NOTHING,
      verdict: 'pass',
      fixed: ['a'],
      preExisting: ['b'],
    })
  })

  it('finds a second instance of a complaint new', () => {
    const result = compareGate(
      GATE,
      run('fail', [lint('a')]),
      run('fail', [lint('a'), lint('a', { line: 9 })]),
    )
    expect(summary(result)).toEqual({ ...NOTHING, verdict: 'regressed', new: ['a'], preExisting: ['a'] })
  })

  it('does not blame the patch for a red test that now says something else', () => {
    const result = compareGate(GATE, run('fail', [test('t', 'one')]), run('fail', [test('t', 'two')]))
    expect(summary(result)).toEqual({ ...NOTHING, verdict: 'pass', preExisting: ['t'] })
  })

  it('does blame it for a test file that no longer loads, and does not call its tests fixed', () => {
    const result = compareGate(GATE, run('fail', [test('t')]), run('fail', [test('', 'Cannot find module')]))
    expect(summary(result)).toEqual({ ...NOTHING, verdict: 'regressed', new: ['Cannot find module'] })
  })

  it('that turns red without a word is a regression all the same', () => {
    expect(summary(compareGate(GATE, run('pass'), run('fail')))).toEqual({
      ...NOTHING,
      verdict: 'regressed',
      new: ['ending'],
    })
  })

  it('that turns red shows the lines nobody could parse', () => {
    const result = run('fail', [], { lines: [line('ERROR: no database')] })
    expect(summary(compareGate(GATE, run('pass'), result)).new).toEqual(['ERROR: no database'])
  })

  it('that was red and cannot be parsed is compared by its lines', () => {
    const red = (...messages: string[]) => run('fail', [], { lines: messages.map(line) })
    expect(summary(compareGate(GATE, red('error one'), red('error one')))).toEqual({
      ...NOTHING,
      verdict: 'pass',
      preExisting: ['error one'],
    })
    expect(summary(compareGate(GATE, red('error one'), red('error one', 'error two')))).toEqual({
      ...NOTHING,
      verdict: 'regressed',
      new: ['error two'],
      preExisting: ['error one'],
    })
  })

  it('whose result crashes before it says anything is a regression, and nothing is fixed by that', () => {
    const crashed = run('fail', [], { exitCode: 139 })
    expect(summary(compareGate(GATE, run('fail', [lint('a')]), crashed))).toEqual({
      ...NOTHING,
      verdict: 'regressed',
      new: ['ending'],
    })
  })

  it('lists new warnings without counting them, unless warnings alone turn it red', () => {
    const warning = lint('w', { severity: 'warning' })
    expect(summary(compareGate(GATE, run('pass'), run('pass', [warning])))).toEqual({
      ...NOTHING,
      verdict: 'pass',
      new: ['w'],
    })
    expect(compareGate(GATE, run('fail', [lint('a')]), run('fail', [lint('a'), warning])).verdict).toBe(
      'pass',
    )
    expect(compareGate(GATE, run('pass'), run('fail', [warning])).verdict).toBe('regressed')
    expect(compareGate(GATE, run('fail', [warning]), run('fail', [warning, warning])).verdict).toBe(
      'regressed',
    )
  })

  it('cannot conclude from what was cut off', () => {
    const a = lint('a')
    expect(compareGate(GATE, run('fail', [a]), run('fail', [a], { cut: true })).verdict).toBe(
      'could_not_check',
    )
    expect(compareGate(GATE, run('fail', [a]), run('fail', [a, a], { cut: true })).verdict).toBe('regressed')
    expect(compareGate(GATE, run('fail', [a]), run('pass', [], { cut: true })).verdict).toBe('pass')
  })

  const outcomes = ['pass', 'fail', 'could_not_run', 'timed_out'] as const
  const TABLE: Record<GateOutcome, Record<GateOutcome, GateResult['verdict']>> = {
    pass: { pass: 'pass', fail: 'regressed', could_not_run: 'regressed', timed_out: 'regressed' },
    fail: { pass: 'pass', fail: 'pass', could_not_run: 'regressed', timed_out: 'regressed' },
    could_not_run: {
      pass: 'pass',
      fail: 'could_not_check',
      could_not_run: 'could_not_check',
      timed_out: 'could_not_check',
    },
    timed_out: {
      pass: 'pass',
      fail: 'could_not_check',
      could_not_run: 'could_not_check',
      timed_out: 'could_not_check',
    },
  }
  it.each(outcomes.flatMap((base) => outcomes.map((result) => [base, result] as const)))(
    'that goes from %s to %s gets the verdict of the table',
    (base, result) => {
      expect(compareGate(GATE, run(base, [lint('a')]), run(result, [lint('a')])).verdict).toBe(
        TABLE[base][result],
      )
    },
  )

  it('that the host could not run on the result is nobody’s fault', () => {
    const failed = run('could_not_run', [], { exitCode: 0 })
    expect(compareGate(GATE, run('pass'), failed).verdict).toBe('could_not_check')
  })
})

describe('a rerun', () => {
  it('that passes makes the failures flaky', () => {
    expect(summary(compareGate(GATE, run('pass'), run('fail', [test('t')]), run('pass')))).toEqual({
      ...NOTHING,
      verdict: 'pass',
      flaky: ['t'],
    })
  })

  it('keeps what failed both times, even with another message', () => {
    const first = run('fail', [test('t', 'got a'), test('u')])
    const second = run('fail', [test('t', 'got b')])
    expect(summary(compareGate(GATE, run('pass'), first, second))).toEqual({
      ...NOTHING,
      verdict: 'regressed',
      new: ['t'],
      flaky: ['u'],
    })
  })

  it('that fails anew in another way is no pass', () => {
    const result = compareGate(GATE, run('pass'), run('fail', [test('t')]), run('fail', [test('u')]))
    expect(summary(result)).toEqual({ ...NOTHING, verdict: 'regressed', new: ['u'] })
  })

  it('that only shows the failures of the base makes the new one flaky', () => {
    const old = lint('a')
    const result = compareGate(GATE, run('fail', [old]), run('fail', [old, test('t')]), run('fail', [old]))
    expect(summary(result)).toEqual({ ...NOTHING, verdict: 'pass', preExisting: ['a'], flaky: ['t'] })
  })

  it('that the host could not run leaves the first verdict standing', () => {
    const rerun = run('could_not_run', [], { exitCode: 0 })
    expect(compareGate(GATE, run('pass'), run('fail', [test('t')]), rerun).verdict).toBe('regressed')
  })
})

describe('comparison, as an algebra', () => {
  const diagnostics = fc.array(
    fc.oneof(
      fc.constantFrom('a', 'b', 'c').map((message) => lint(message)),
      fc
        .tuple(fc.constantFrom('t', 'u'), fc.constantFrom('x', 'y'))
        .map(([rule, message]) => test(rule, message)),
    ),
    { maxLength: 8 },
  )

  it('never blames a result that shows exactly what the base showed', () => {
    fc.assert(
      fc.property(diagnostics, fc.func(fc.nat()), (list, order) => {
        const shuffled = list.toSorted((one, other) => order(one.fingerprint) - order(other.fingerprint))
        const result = compareGate(GATE, run('fail', list), run('fail', shuffled))
        expect([result.verdict, result.new, result.fixed]).toEqual(['pass', [], []])
        expect(result.preExisting).toHaveLength(list.length)
      }),
    )
  })

  it('accounts for every diagnostic of the result once', () => {
    fc.assert(
      fc.property(diagnostics, diagnostics, (before, after) => {
        const result = compareGate(GATE, run('fail', before), run('fail', after))
        const accounted = [...result.new, ...result.preExisting].filter(({ tool }) => tool !== 'gate')
        const key = (diagnostic: Diagnostic) => diagnostic.fingerprint
        expect(accounted.map(key).toSorted()).toEqual(after.map(key).toSorted())
      }),
    )
  })

  it('never passes a result that is red where the base is green', () => {
    fc.assert(
      fc.property(diagnostics, diagnostics, (before, after) => {
        expect(compareGate(GATE, run('pass', before), run('fail', after)).verdict).toBe('regressed')
        const again = compareGate(GATE, run('pass', before), run('fail', after), run('fail', before))
        expect(again.verdict).toBe('regressed')
      }),
    )
  })
})

describe('a report', () => {
  const facts = { patch: 'sha256:00', iteration: 1, tampering: [] }
  const passed = compareGate(GATE, run('pass'), run('pass'))
  const regressed = compareGate(GATE, run('pass'), run('fail'))
  const unchecked = compareGate(GATE, run('timed_out'), run('fail'))

  it.each([
    [[], 'no_gates'],
    [[passed], 'pass'],
    [[passed, unchecked], 'could_not_check'],
    [[unchecked, regressed, passed], 'regressed'],
  ] as const)('of %# gates takes the worst verdict', (gates, verdict) => {
    expect(reportOf(facts, gates)).toEqual({ ...facts, gates, verdict })
  })
})
