import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { GateDefinition } from '#contract/project-file.ts'
import { baseKey, memoryCache } from '#gates/base-cache.ts'
import { type Examination, examine } from '#gates/examine.ts'
import { regressionFeedback } from '#gates/feedback.ts'
import type { CommandRun, RunCommand } from '#gates/runner.ts'

const UNIT = GateDefinition.parse({ name: 'unit', run: `'${process.execPath}' --test`, timeoutSeconds: 30 })

const CODE = `exports.half = (n) => Math.floor(n / 2)\nexports.twice = (n) => n + n + 1\n`
const TESTS = `const test = require('node:test')
const assert = require('node:assert')
const { half, twice } = require('./code.js')
test('halves', () => assert.strictEqual(half(4), 2))
test('doubles', () => assert.strictEqual(twice(2), 4))
`

let base: string
let result: string

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'airlock-gates-'))
  result = await mkdtemp(join(tmpdir(), 'airlock-gates-'))
  for (const folder of [base, result]) {
    await writeFile(join(folder, 'code.js'), CODE)
    await writeFile(join(folder, 'code.test.js'), TESTS)
  }
})

afterEach(async () => {
  await rm(base, { recursive: true })
  await rm(result, { recursive: true })
})

/** Runs in a folder what the pipeline runs in a sandbox. */
function runIn(folder: string): RunCommand & { calls: number } {
  const run = (command: string): Promise<CommandRun> => {
    counted.calls += 1
    return new Promise((resolve) => {
      const { NODE_TEST_CONTEXT: _, ...env } = process.env
      const child = spawn('/bin/sh', ['-c', command], { cwd: folder, env })
      let output = ''
      const collect = (chunk: Buffer) => {
        output += chunk.toString('utf8').replaceAll(folder, '/workspace')
      }
      child.stdout.on('data', collect)
      child.stderr.on('data', collect)
      child.on('close', (exitCode) =>
        resolve({ outcome: 'exited', exitCode: exitCode ?? 137, output, seconds: 1 }),
      )
    })
  }
  const counted = Object.assign(run, { calls: 0 })
  return counted
}

function examination() {
  return {
    gates: [UNIT],
    runBase: runIn(base),
    runResult: runIn(result),
    base: { tree: 'a'.repeat(40), image: 'host', setup: [] },
    cache: memoryCache(),
    patch: 'sha256:aa',
    iteration: 1,
    tampering: [],
  }
}

describe('an examination with real tests', () => {
  it('of a change that mends one failure and breaks nothing passes', async () => {
    await writeFile(join(result, 'code.js'), CODE.replace(' + 1', ''))
    const report = await examine(examination())
    const [gate] = report.gates
    expect([report.verdict, gate?.base, gate?.result]).toEqual(['pass', 'fail', 'pass'])
    expect(gate?.fixed.map(({ rule, file, line }) => ({ rule, file, line }))).toEqual([
      { rule: 'doubles', file: 'code.test.js', line: 5 },
    ])
    expect(regressionFeedback(report)).toBe('')
  })

  it('of a change that breaks another test blames it for that one only', async () => {
    await writeFile(join(result, 'code.js'), CODE.replace('Math.floor(n / 2)', 'n'))
    const facts = examination()
    const report = await examine(facts)
    expect(report.verdict).toBe('regressed')
    expect(report.gates[0]?.new.map((diagnostic) => diagnostic.rule)).toEqual(['halves'])
    expect(report.gates[0]?.preExisting.map((diagnostic) => diagnostic.rule)).toEqual(['doubles'])
    expect(facts.runResult.calls).toBe(2)
    expect(regressionFeedback(report)).toContain(
      '- code.test.js:4 halves: AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: 4 !== 2',
    )
    expect(regressionFeedback(report)).not.toContain('doubles')
  })

  it('of a change that does not even load is a regression that calls nothing fixed', async () => {
    await writeFile(join(result, 'code.js'), 'exports.half = (')
    const [gate] = (await examine(examination())).gates
    expect([gate?.verdict, gate?.new.map((diagnostic) => diagnostic.file), gate?.fixed]).toEqual([
      'regressed',
      ['code.test.js'],
      [],
    ])
  })

  it('of a test that fails once only calls it flaky', async () => {
    const flaky = `require('node:test')('settles', () => {
      const fs = require('node:fs')
      if (fs.existsSync('once')) return
      fs.writeFileSync('once', '')
      throw new Error('not yet')
    })`
    await writeFile(join(result, 'flaky.test.js'), flaky)
    const report = await examine(examination())
    expect([report.verdict, report.gates[0]?.flaky.map((diagnostic) => diagnostic.rule)]).toEqual([
      'pass',
      ['settles'],
    ])
  })
})

describe('an examination', () => {
  it('runs the base once, and takes it from the cache the next time', async () => {
    const facts = examination()
    const events: string[] = []
    const onEvent: Examination['onEvent'] = ({ side, outcome, diagnostics, cached }) =>
      events.push(`${side} ${outcome} ${diagnostics}${cached ? ' cached' : ''}`)
    const first = await examine({ ...facts, onEvent })
    const second = await examine({ ...facts, onEvent })
    expect(facts.runBase.calls).toBe(1)
    expect(events).toEqual(['base fail 1', 'result fail 1', 'base fail 1 cached', 'result fail 1'])
    expect([first, second].map((report) => report.gates[0]?.baseCached)).toEqual([false, true])
    expect(second.gates[0]?.preExisting).toEqual(first.gates[0]?.preExisting)
  })

  it('does not remember a base that the host could not run', async () => {
    let calls = 0
    const runBase: RunCommand = async () => {
      calls += 1
      return { outcome: 'failed', exitCode: 0, output: '', seconds: 0 }
    }
    const facts = { ...examination(), runBase }
    const report = await examine(facts)
    await examine(facts)
    expect([report.verdict, calls]).toEqual(['could_not_check', 2])
  })

  it('stops between runs when it is aborted', async () => {
    const aborting = new AbortController()
    const facts = {
      ...examination(),
      signal: aborting.signal,
      onEvent: () => aborting.abort(new Error('halted')),
    }
    await expect(examine(facts)).rejects.toThrow('halted')
    expect(facts.runResult.calls).toBe(0)
  })

  it('of no gates says so', async () => {
    expect(await examine({ ...examination(), gates: [] })).toEqual({
      patch: 'sha256:aa',
      gates: [],
      tampering: [],
      verdict: 'no_gates',
      iteration: 1,
    })
  })
})

describe('the key of a cached base', () => {
  const facts = { tree: 't', image: 'i', setup: ['npm ci'] }

  it('depends on everything that can change what the gate says, and not on its name', () => {
    const keys = [
      baseKey(facts, UNIT),
      baseKey({ ...facts, tree: 'u' }, UNIT),
      baseKey({ ...facts, image: 'j' }, UNIT),
      baseKey({ ...facts, setup: [] }, UNIT),
      baseKey(facts, { ...UNIT, run: 'x' }),
      baseKey(facts, { ...UNIT, parser: 'tap' }),
      baseKey(facts, { ...UNIT, timeoutSeconds: 5 }),
    ]
    expect(new Set(keys).size).toBe(keys.length)
    expect(baseKey(facts, { ...UNIT, name: 'other' })).toBe(keys[0])
  })
})
