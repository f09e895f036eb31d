import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GROUPS } from '#sandbox/lab/lab-case.ts'
import { LAB_CASES } from '#sandbox/lab/lab-cases.ts'
import type { LabReport } from '#sandbox/lab/report.ts'
import { type LabRig, labRig } from './lab-rig.ts'
import { showing } from './weaker-profiles.ts'

let lab: LabRig
let report: LabReport
beforeAll(async () => {
  lab = await labRig()
  report = await lab.run()
}, 120_000)
afterAll(() => lab.close())

test.each(GROUPS)('no attack on %s gets through', (group) => {
  const lines = report.lines.filter((line) => line.group === group)
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.filter(({ status }) => status !== 'stopped' && !isAbsentCall(status))).toEqual([])
})

/** On arm64 some calls do not exist. */
function isAbsentCall(status: string): boolean {
  return status === 'not_run' && process.arch !== 'x64'
}

test('every case is tried, once, in the order of the list', () => {
  const ids = LAB_CASES.map(({ id }) => id)
  expect(report.lines.map(({ id }) => id)).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
})

test('the lab leaves nothing on the host', () => {
  expect(readdirSync(lab.rig.root).filter((name) => /^(lab|lane)-/.test(name))).toEqual([])
  expect(execFileSync('ps', ['-eo', 'args']).toString()).not.toMatch(/lab-word-/)
})

const CALLS = LAB_CASES.filter(({ attack }) => attack.kind === 'call').map(({ id }) => id)
const isCall = (id: string) => CALLS.includes(id)
const hiding = (...programs: string[]) => ({
  testingOnlyWeaken: {
    options: showing(...programs.flatMap((program) => ['--ro-bind', '/dev/null', realpathSync(program)])),
  },
})

test('without python, perl makes the same system calls to the same end', async () => {
  const byPerl = await lab.run({ wanted: isCall, bubblewrap: hiding('/usr/bin/python3') })
  expect(byPerl.lines).toEqual(report.lines.filter(({ id }) => isCall(id)))
})

test('without either, raw system calls are not run, and say so', async () => {
  const neither = hiding('/usr/bin/python3', '/usr/bin/perl')
  const { counts, lines } = await lab.run({ wanted: isCall, bubblewrap: neither })
  expect(counts).toEqual({ stopped: 0, got_through: 0, unclear: 0, not_run: CALLS.length })
  expect(lines[0]?.what).toBe('neither python3 nor perl is visible inside')
})

test('an attacker that dies early has not been stopped', async () => {
  const { lines } = await lab.run({
    wanted: (id) => id === 'files.create-in-usr',
    around: (driver) => ({
      ...driver,
      start: (spec) => driver.start({ ...spec, command: ['/bin/sh', '-c', 'exit 3'] }),
    }),
  })
  expect(lines).toMatchObject([{ status: 'unclear', what: expect.stringContaining('exit code 3') }])
})

test('nothing outside of tests can weaken the profile', () => {
  const src = join(import.meta.dirname, '../../src')
  const named = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => readFileSync(join(src, name), 'utf8').includes('testingOnlyWeaken'))
  expect(named.sort()).toEqual(['sandbox/bubblewrap/ground.ts', 'sandbox/bubblewrap/options.ts'])
})
