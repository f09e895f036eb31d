import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test } from 'vitest'
import { runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig } from '#test/sandbox/bubblewrap-rig.ts'
import { read } from '#test/support/host-view.ts'
import { tracesOf } from './host-traces.ts'

let rig: BubblewrapRig
afterEach(() => rig.close())

test('a start that fails on the way leaves no process and no descriptor', async () => {
  let broken = false
  const options = (given: readonly string[]) => {
    if (broken) throw new Error('no descriptor left')
    return given
  }
  rig = await bubblewrapRig({ testingOnlyWeaken: { options } })
  const workspace = await rig.directory()
  await runSpec(rig.driver, specOf(workspace, ['true']))
  const running = specOf(workspace, ['sleep', '1000'])
  const first = await rig.driver.start(running)
  const before = { children: children(), descriptors: await settled() }
  for (let round = 0; round < 16; round++) {
    expect(await refusalOf(specOf(workspace, ['true', 'x'.repeat(200_000)]))).toBe('spawn E2BIG')
    expect(await refusalOf(running)).toMatch(/^EEXIST: /)
    broken = true
    expect(await refusalOf(specOf(workspace, ['true']))).toBe('no descriptor left')
    broken = false
  }
  expect(children()).toEqual(before.children)
  // A store of pipes is kept ready, of which now more, now less is left.
  expect(await settled()).toBeLessThan(before.descriptors + 80)
  if (first.ok) expect(await first.value.kill()).toMatchObject({ cause: 'killed' })
})

test('a server without descriptors loses none of the last ones by trying again', async () => {
  rig = await bubblewrapRig()
  const { stdout } = await promisify(execFile)('prlimit', [
    '--nofile=120:120',
    process.execPath,
    ...['--input-type=module', '--eval', TRIES],
    ...[resolve(import.meta.dirname, '../../src/sandbox/bubblewrap/pipes.ts'), rig.root],
  ])
  const { failures, before, after } = JSON.parse(stdout)
  expect(failures).toEqual(Array(5).fill('EMFILE'))
  expect(after).toBe(before)
})

/** Takes until there is nothing left, then tries again; tells how many descriptors were open then, and are now. */
const TRIES = `
  import { readdirSync } from 'node:fs'
  const { PipeStore } = await import(process.argv[1])
  const store = new PipeStore(process.argv[2])
  const open = () => readdirSync('/proc/self/fd').length
  const fail = () => store.take().then(fail, ({ code }) => code)
  await fail()
  const before = open()
  const failures = []
  for (let round = 0; round < 5; round++) failures.push(await fail())
  console.log(JSON.stringify({ failures, before, after: open() }))
`

test('a bwrap that is killed the moment it has a child leaves nobody behind', async () => {
  rig = await bubblewrapRig()
  const workspace = await rig.directory()
  await runSpec(rig.driver, specOf(workspace, ['true']))
  const executioner = new Worker(EXECUTIONER, { eval: true, workerData: process.pid })
  try {
    const command = `sleep 1000 # ${rig.root}`
    for (let round = 0; round < 20; round++) {
      const started = await rig.driver.start(specOf(workspace, ['sh', '-c', command]))
      if (started.ok) expect(await started.value.ended()).toMatchObject({ cause: 'killed' })
      expect(newborns(command)).toEqual([])
    }
  } finally {
    await executioner.terminate()
  }
  expect(tracesOf(rig)).toMatchObject({ processes: [], cgroups: [], mounts: [] })
})

/** Kills every bwrap of this process that has forked, as soon as it is seen. */
const EXECUTIONER = `
  const { readFileSync } = require('node:fs')
  const { workerData: server } = require('node:worker_threads')
  const childrenOf = (pid) => {
    try { return readFileSync('/proc/' + pid + '/task/' + pid + '/children', 'utf8').split(' ').filter(Boolean) }
    catch { return [] }
  }
  for (;;)
    for (const pid of childrenOf(server))
      if (childrenOf(pid).length > 0)
        try { process.kill(Number(pid), 'SIGKILL') } catch {}
`

async function refusalOf(spec: Parameters<BubblewrapRig['driver']['start']>[0]): Promise<unknown> {
  const started = await rig.driver.start(spec)
  return started.ok ? 'it was started' : started.failure.details?.cause
}

function children(): string {
  return read(`/proc/${process.pid}/task/${process.pid}/children`)
}

/** A newborn has none of the sandbox's mounts yet, only the command line of its bwrap. */
function newborns(command: string): string[] {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/cmdline`).includes(command),
  )
}

/** Pipes are made ahead, and closed, in the background. */
async function settled(): Promise<number> {
  await pause(300)
  return readdirSync('/proc/self/fd').length
}
