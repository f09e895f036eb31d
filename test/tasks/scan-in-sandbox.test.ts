import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { FileChange } from '#contract/patch.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { createFakeDriver, type FakeInside, type FakeProgram } from '#sandbox/fake/driver.ts'
import type { ChangedName } from '#sandbox/guest/scan-change.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { scanInSandbox } from '#tasks/scan-in-sandbox.ts'
import { temporaryDirectory } from '#test/support/git-fixture.ts'

const NOTHING = { findings: [], more: 0, minor: 0, standing: 0 }
const FINDING = {
  fingerprint: `sha256:${'0'.repeat(64)}`,
  tool: 'airlock',
  rule: 'javascript.code-injection',
  class: 'code-injection',
  severity: 'high',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 2,
  message: 'm',
  fix: 'f',
  snippet: 's',
  flow: [],
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`
const asked = ({ spec }: FakeInside): ChangedName[] => JSON.parse(Buffer.from(spec.input ?? []).toString())

/** Scans files of these names with a program in the place of the real one. */
async function scanned(
  program: FakeProgram,
  names: readonly string[],
  patience = { seconds: 60, secondsPerFile: 60 },
  guards: Result<void> = ok(undefined),
) {
  const scratchDirectory = temporaryDirectory()
  const stopwatch = () => performance.now()
  const driver = createFakeDriver({ program, stopwatch })
  const result = await scanInSandbox(
    {
      workshop: {
        driver,
        random: (size) => randomBytes(size),
        stopwatch,
        scratchDirectory,
        limits: DEFAULT_LIMITS,
        mayJudge: () => guards,
        onProblem: () => undefined,
        workspaces: {},
        runtime: {
          mounts: [],
          node: '/opt/airlock/node/bin/node',
          guest: '/opt/airlock/guest',
          environment: {},
        },
      },
      signal: new AbortController().signal,
    },
    names.map((path) => ({
      change: change(path),
      before: undefined,
      after: Buffer.from('x'),
      tooLarge: false,
    })),
    { until: stopwatch() + patience.seconds * 1_000, secondsPerFile: patience.secondsPerFile },
  )
  expect(await readdir(scratchDirectory)).toEqual([])
  if (!result.ok) throw new Error(result.failure.message)
  return { answers: result.value, started: driver.started }
}

function change(path: string): FileChange {
  return {
    path,
    kind: 'added',
    oldMode: '000000',
    newMode: '100644',
    binary: false,
    additions: 1,
    deletions: 0,
  }
}

test('a file that ends the scanner is named, and the others are scanned in another sandbox', async () => {
  const { answers, started } = await scanned(
    (inside) => {
      for (const { path } of asked(inside)) {
        if (path === 'crash.js') return 139
        inside.write('stdout', line(NOTHING))
      }
      return 0
    },
    ['a.js', 'crash.js', 'b.js', 'c.js'],
  )
  expect(answers).toEqual([NOTHING, 'broke_scanner', NOTHING, NOTHING])
  expect(
    started.map(({ phase, socketDirectory, workspace }) => [phase, socketDirectory, workspace.writable]),
  ).toEqual([
    ['check', undefined, 'none'],
    ['check', undefined, 'none'],
  ])
})

test('a file that keeps the scanner too long is named, and so is all that is left when the time is over', async () => {
  const hangs: FakeProgram = async (inside) => {
    for (const { path } of asked(inside)) {
      if (path.startsWith('hang')) await once(inside.signal, 'abort')
      inside.write('stdout', line(NOTHING))
    }
    return 0
  }
  const { answers } = await scanned(hangs, ['a.js', 'hang.js', 'b.js'], { seconds: 60, secondsPerFile: 0.5 })
  expect(answers).toEqual([NOTHING, 'too_slow', NOTHING])
  const late = await scanned(hangs, ['a.js', 'hang.js', 'b.js'], { seconds: 1.5, secondsPerFile: 60 })
  expect(late.answers).toEqual([NOTHING, 'too_slow', 'too_slow'])
})

test('a scanner that breaks again and again is not started for ever, and what it never read is not passed', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `${index}.js`)
  const { answers, started } = await scanned(() => 1, names)
  expect(answers).toEqual(names.map(() => 'broke_scanner'))
  expect(started).toHaveLength(8)
})

test.each<[string, unknown]>([
  ['no JSON', undefined],
  ['another shape', { ...NOTHING, approved: true }],
  ['a path of its own', { ...NOTHING, findings: [{ ...FINDING, path: 'innocent.js' }] }],
  ['a low severity', { ...NOTHING, findings: [{ ...FINDING, severity: 'low' }] }],
  [
    'a justification',
    { ...NOTHING, findings: [{ ...FINDING, justified: { reason: 'x', by: 'x', at: 'x' } }] },
  ],
  ['another tool', { ...NOTHING, findings: [{ ...FINDING, tool: 'semgrep' }] }],
  ['a fingerprint that is none', { ...NOTHING, findings: [{ ...FINDING, fingerprint: 'sha256:0' }] }],
  ['a name with an order to a terminal', { ...NOTHING, findings: [{ ...FINDING, rule: '\u001b[2J' }] }],
  ['endless words', { ...NOTHING, findings: [{ ...FINDING, message: 'x'.repeat(2_001) }] }],
  ['endless findings', { ...NOTHING, findings: Array.from({ length: 201 }, () => FINDING) }],
  ['less than nothing', { ...NOTHING, more: -1 }],
])('an answer with %s is none', async (_, said) => {
  const { answers } = await scanned(
    (inside) => {
      inside.write('stdout', said === undefined ? 'Segmentation fault\n' : line(said))
      return 0
    },
    ['a.js'],
  )
  expect(answers).toEqual(['broke_scanner'])
})

test('answers without end, in halves, or to what nobody asked are cut', async () => {
  const many = await scanned(
    (inside) => {
      for (let count = 0; count < 50; count++) inside.write('stdout', line(NOTHING))
      return 0
    },
    ['a.js', 'b.js'],
  )
  expect(many.answers).toEqual([NOTHING, NOTHING])
  const half = await scanned(
    (inside) => {
      inside.write('stdout', JSON.stringify(NOTHING))
      return 0
    },
    ['a.js'],
  )
  expect(half.answers).toEqual(['broke_scanner'])
  const odd = await scanned(
    (inside) => {
      inside.write('stdout', line({ ...NOTHING, findings: [{ ...FINDING, snippet: '\ud83d' }] }))
      return 0
    },
    ['a.js'],
  )
  expect(odd.answers).toEqual([{ ...NOTHING, findings: [{ ...FINDING, snippet: '\ufffd' }] }])
})

test('rules that do not do what their examples say judge no file', async () => {
  const broken = refused({ code: 'verification_failed', message: 'broken rules' })
  const patience = { seconds: 60, secondsPerFile: 60 }
  await expect(scanned(() => 0, ['a.js'], patience, broken)).rejects.toThrow('broken rules')
})
