import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runSpec, SMALL, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig, HOST_USER } from '#test/sandbox/bubblewrap-rig.ts'
import { tracesOf } from './host-traces.ts'

let rig: BubblewrapRig
beforeEach(async () => {
  rig = await bubblewrapRig()
  await runSpec(rig.driver, specOf(await rig.directory(), ['true'])) // gets the driver ready
})
afterEach(() => rig.close())

const NOTHING = { processes: [], cgroups: [], mounts: [] }

const DAEMONS = [
  'setsid sleep 1000 > /dev/null 2>&1 &',
  'nohup sleep 1000 > /dev/null 2>&1 &',
  '(setsid sh -c "setsid sleep 1000 &" &) ',
  'setsid sh -c "trap \\"\\" TERM HUP INT; while :; do sleep 1; done" &',
].join('\n')

test('nothing is left after a command that exits among its daemons', async () => {
  const before = tracesOf(rig)
  const { ending } = await runSpec(
    rig.driver,
    specOf(await rig.directory(), ['sh', '-c', `${DAEMONS}\nsleep 0.1; exit 7`]),
  )
  expect(ending).toMatchObject({ cause: 'exited', exitCode: 7 })
  expect(tracesOf(rig)).toMatchObject(NOTHING)
  expect(tracesOf(rig).descriptors).toBeLessThanOrEqual(before.descriptors)
})

test('nothing is left after a kill, a timeout, a flood, an empty memory and a failed start', async () => {
  const workspace = await rig.directory()
  const run = (script: string, limits = {}) =>
    runSpec(rig.driver, specOf(workspace, ['sh', '-c', script], { limits: { ...SMALL, ...limits } }))
  const started = await rig.driver.start(specOf(workspace, ['sh', '-c', `${DAEMONS}\nsleep 1000`]))
  if (!started.ok) throw new Error(started.failure.message)
  await pause(100)
  const endings = [
    await started.value.kill(),
    (await run(`${DAEMONS}\nsleep 1000`, { seconds: 0.5 })).ending,
    (await run(`${DAEMONS}\nyes`, { outputBytes: 1000 })).ending,
    (await run(`${DAEMONS}\nhead -c 100m /dev/zero | tail -c 90m`, { memory: 64 * 1024 * 1024 })).ending,
    (await runSpec(rig.driver, specOf(workspace, ['/no/such']))).ending,
  ]
  expect(endings.map(({ cause }) => cause)).toEqual([
    'killed',
    'timed_out',
    'output_exhausted',
    'out_of_memory',
    'failed_to_start',
  ])
  expect(tracesOf(rig)).toMatchObject(NOTHING)
  await noFiles()
})

test('nothing is left of a fork bomb, and the host can still start processes', async () => {
  const { ending } = await runSpec(
    rig.driver,
    specOf(await rig.directory(), ['sh', '-c', 'bomb() { bomb | bomb & }; bomb; sleep 1000'], {
      limits: { ...SMALL, seconds: 2 },
    }),
  )
  expect(ending.cause).toMatch(/^(timed_out|exited)$/)
  expect(tracesOf(rig)).toMatchObject(NOTHING)
  expect((await runSpec(rig.driver, specOf(await rig.directory(), ['echo', 'alive']))).stdout).toBe('alive\n')
})

test('descriptors do not add up over many sandboxes', async () => {
  const workspace = await rig.directory()
  const round = () =>
    Promise.all(Array.from({ length: 20 }, () => runSpec(rig.driver, specOf(workspace, ['true']))))
  await round()
  await pause(300) // pipes are refilled behind the scenes
  const before = tracesOf(rig).descriptors
  for (let index = 0; index < 3; index++) await round()
  await pause(300)
  expect(tracesOf(rig).descriptors).toBeLessThan(before + 30)
  expect(tracesOf(rig)).toMatchObject(NOTHING)
  await noFiles()
})

test('a server killed in the middle takes its sandboxes with it, and the next one sweeps the rest', async () => {
  const server = startServer(await rig.directory(), DAEMONS)
  await says(server, 'ready')
  await pause(300)
  expect(tracesOf(rig).processes.length).toBeGreaterThan(5)
  expect(tracesOf(rig).cgroups.length).toBeGreaterThanOrEqual(3)
  server.kill('SIGKILL')
  await once(server, 'close')
  for (let wait = 0; tracesOf(rig).processes.length > 0 && wait < 100; wait++) await pause(20)
  expect(tracesOf(rig).processes).toEqual([])
  expect((await rig.driver.sweep()).length).toBeGreaterThanOrEqual(3)
  expect(tracesOf(rig)).toMatchObject(NOTHING)
  expect(await rig.driver.sweep()).toEqual([])
})

test('descriptors the server was born with are not passed on', async () => {
  const server = startServer(
    await rig.directory(),
    'ls /proc/1/fd /proc/self/fd | tr "\\n" " "; echo that is all',
    {
      40: openSync('/etc/hostname', 'r'),
      90: openSync('/etc/hostname', 'r'),
    },
  )
  const said = await says(server, 'that is all')
  server.kill('SIGKILL')
  await once(server, 'close')
  expect(said).toMatch(/\/proc\/self\/fd: 0 1 2 /)
  expect(said).not.toMatch(/\b(40|90)\b(?!:)/)
  await rig.driver.sweep()
})

function startServer(workspace: string, script: string, born: Record<number, number> = {}): ChildProcess {
  const stdio: ('ignore' | 'pipe' | 'inherit' | number)[] = ['ignore', 'pipe', 'inherit']
  for (const [place, descriptor] of Object.entries(born)) {
    while (stdio.length < Number(place)) stdio.push('ignore')
    stdio[Number(place)] = descriptor
  }
  const user = HOST_USER === undefined ? 'self' : `${HOST_USER.uid}:${HOST_USER.gid}`
  return spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'doomed-server.ts'),
      rig.options.prefix,
      rig.root,
      workspace,
      user,
      `${script}\nsleep 1000`,
    ],
    { stdio },
  )
}

async function says(server: ChildProcess, words: string): Promise<string> {
  let said = ''
  server.stdout?.on('data', (chunk) => {
    said += chunk
  })
  await expect.poll(() => said, { timeout: 10_000 }).toContain(words)
  return said
}

/** Pipes are made ahead in the background: their directory is there for a moment. */
async function noFiles(): Promise<void> {
  await expect.poll(() => tracesOf(rig).files).toEqual([])
}
