import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ProjectFile } from '#contract/project-file.ts'

const SAMPLE = resolve(import.meta.dirname, '../../examples/sample-repository')
let copy: string

beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'airlock-sample-'))
  await cp(SAMPLE, copy, { recursive: true })
})

afterEach(() => rm(copy, { recursive: true, force: true }))

function run(...args: readonly string[]) {
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    // Without this the inner runner believes to be a part of another one and reports nothing.
    env: { PATH: process.env.PATH, NODE_TEST_CONTEXT: undefined },
  })
  return { status, stdout }
}

it('has exactly one failing test, and none once the bug is fixed', async () => {
  const broken = run('--test', '--test-reporter=tap')
  expect(broken.status).toBe(1)
  expect(broken.stdout).toMatch(/^# pass 6$/m)
  expect(broken.stdout).toMatch(/^# fail 1$/m)
  const round = join(copy, 'src/billing/round.js')
  const source = await readFile(round, 'utf8')
  await writeFile(
    round,
    source.replace('Math.floor(amount + 0.5)', 'Math.sign(amount) * Math.floor(Math.abs(amount) + 0.5)'),
  )
  expect(run('--test', '--test-reporter=tap').status).toBe(0)
})

it('has two lint failures outside the scope of the demo', () => {
  expect(run('script/lint.js')).toEqual({
    status: 1,
    stdout: [
      'src/payments/charge.js:3:19: Use === instead of ==. [eqeqeq]',
      'src/payments/refund.js:5:3: Use const or let instead of var. [no-var]',
      '',
    ].join('\n'),
  })
})

it('has a project file that Airlock accepts', async () => {
  const file = ProjectFile.parse(parse(await readFile(join(copy, 'airlock.yaml'), 'utf8')))
  expect(file.scope).toEqual({ include: ['src/billing/**'], exclude: [] })
  expect(file.gates?.map(({ name }) => name)).toEqual(['test', 'lint'])
})
