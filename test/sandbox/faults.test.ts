import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cgroupHome } from '#sandbox/bubblewrap/cgroup.ts'
import { createBubblewrapDriver } from '#sandbox/bubblewrap/driver.ts'
import { findProgram } from '#sandbox/bubblewrap/programs.ts'
import { tracesOf } from '#test/escapes/host-traces.ts'
import { runSpec, SMALL, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig } from './bubblewrap-rig.ts'

const NOTHING = { processes: [], cgroups: [], mounts: [] }

let rig: BubblewrapRig
beforeEach(async () => {
  rig = await bubblewrapRig()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rig.close()
})

test('bwrap that vanishes is told of with a way out, and what runs goes on', async () => {
  const bwrap = join(rig.root, 'bwrap')
  await copyFile(findProgram('bwrap') ?? '', bwrap)
  const driver = createBubblewrapDriver({ ...rig.options, bwrap })
  const running = await driver.start(specOf(await rig.directory(), ['sh', '-c', 'sleep 0.5; exit 5']))
  if (!running.ok) throw new Error(running.failure.message)
  await rm(bwrap)
  expect(await driver.start(specOf(await rig.directory(), ['true']))).toEqual({
    ok: false,
    failure: {
      code: 'sandbox_unavailable',
      rule: 'sandbox.host',
      message: `${bwrap} is not there any more.`,
      remedy: expect.stringContaining('apt-get install bubblewrap'),
    },
  })
  await copyFile(findProgram('bwrap') ?? '', bwrap)
  expect((await runSpec(driver, specOf(await rig.directory(), ['true']))).ending.exitCode).toBe(0)
  expect(await running.value.ended()).toMatchObject({ cause: 'exited', exitCode: 5 })
  expect(tracesOf(rig)).toMatchObject(NOTHING)
})

test.skipIf(process.getuid?.() !== 0)(
  'a full disk under the scratch directory refuses a start (only root can make a small disk)',
  async () => {
    const scratch = join(rig.root, 'scratch')
    await mkdir(scratch)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,nr_inodes=4', 'tmpfs', scratch])
    try {
      const started = await rig.driver.start(specOf(await rig.directory(), ['true']))
      expect(started).toMatchObject({
        ok: false,
        failure: { code: 'sandbox_unavailable', remedy: expect.stringContaining(`${scratch} has room`) },
      })
    } finally {
      execFileSync('umount', [scratch])
    }
    expect((await runSpec(rig.driver, specOf(await rig.directory(), ['true']))).ending.exitCode).toBe(0)
    expect(tracesOf(rig)).toMatchObject(NOTHING)
  },
)

test('a place for cgroups that cannot be written is none, and nothing is left in it', async () => {
  const place = await rig.directory()
  expect(cgroupHome({ version: 1, memory: place, pids: place })).toBeUndefined()
  expect(cgroupHome({ version: 2, candidates: [place, '/proc/self'] })).toBeUndefined()
  expect(execFileSync('ls', ['-A', place]).toString()).toBe('')
})

test('100 MB of output are read to the end, cut at the limit and never kept', async () => {
  let most = 0
  let heard = 0
  const started = await rig.driver.start({
    ...specOf(await rig.directory(), ['sh', '-c', 'head -c 100000000 /dev/zero; echo end >&2']),
    limits: { ...SMALL, outputBytes: 200_000_000 },
    onOutput: (_, chunk) => {
      heard += chunk.length
      most = Math.max(most, chunk.length)
    },
  })
  if (!started.ok) throw new Error(started.failure.message)
  expect(await started.value.ended()).toMatchObject({
    cause: 'exited',
    outputBytes: 100_000_004,
    outputCut: false,
  })
  expect(heard).toBe(100_000_004)
  expect(most).toBeLessThanOrEqual(1024 * 1024)
  const cut = await runSpec(
    rig.driver,
    specOf(await rig.directory(), ['head', '-c', '100000000', '/dev/zero']),
  )
  expect(cut.ending).toMatchObject({ cause: 'output_exhausted', outputCut: true })
  expect(cut.stdout).toHaveLength(SMALL.outputBytes)
})

test('output that is not UTF-8 comes out byte for byte', async () => {
  const workspace = await rig.directory()
  const bytes = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256))
  await writeFile(join(workspace, 'bytes'), bytes)
  const { stdout } = await runSpec(rig.driver, specOf(workspace, ['cat', 'bytes']))
  expect(Buffer.from(stdout, 'latin1')).toEqual(bytes)
})

test('who does not listen to SIGTERM is gone all the same', async () => {
  const stubborn = 'trap "" TERM HUP INT QUIT; while :; do sleep 1; done'
  const spec = specOf(await rig.directory(), ['sh', '-c', `sh -c '${stubborn}' & ${stubborn}`])
  const started = await rig.driver.start({ ...spec, limits: { ...SMALL, seconds: 0.3 } })
  if (!started.ok) throw new Error(started.failure.message)
  expect(await started.value.ended()).toMatchObject({ cause: 'timed_out' })
  expect(tracesOf(rig)).toMatchObject(NOTHING)
})

test.each([
  ['an hour ahead, as after the host was suspended', 3_600_000],
  ['a day back', -86_400_000],
])('a clock that jumps %s ends nothing, and time is still counted right', async (_, jump) => {
  const now = Date.now
  let offset = 0
  vi.spyOn(Date, 'now').mockImplementation(() => now() + offset)
  const started = await rig.driver.start(specOf(await rig.directory(), ['sh', '-c', 'sleep 0.6; exit 3']))
  if (!started.ok) throw new Error(started.failure.message)
  offset = jump
  const ending = await started.value.ended()
  expect(ending).toMatchObject({ cause: 'exited', exitCode: 3 })
  expect(ending.seconds).toBeGreaterThan(0.5)
  expect(ending.seconds).toBeLessThan(60)
})
