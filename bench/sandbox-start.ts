/**
 * How long it takes until a command in a sandbox says its first word, through the driver and through bare bwrap with
 * the very same profile and filter. What the driver adds is cgroups, limits and watching. Aim: at most 1.5 times.
 * The time to the end is printed too, but is not the same work: the driver waits until nothing is left.
 *
 *     node bench/sandbox-start.ts [rounds]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { createBubblewrapDriver } from '#sandbox/bubblewrap/driver.ts'
import { type Ground, prepareGround } from '#sandbox/bubblewrap/ground.ts'
import type { BubblewrapOptions } from '#sandbox/bubblewrap/options.ts'
import { profileOptions } from '#sandbox/bubblewrap/profile.ts'
import type { SandboxSpec } from '#sandbox/driver.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { report } from './rig/table.ts'
import { at, timed } from './rig/timing.ts'

const AIM = 1.5
const rounds = Number(process.argv[2] ?? 150)
const root = await mkdtemp(join(tmpdir(), 'airlock-bench-'))
try {
  const options = await prepareDirectories()
  const driver = createBubblewrapDriver(options)
  const ground = await prepareGround(options)
  if (!ground.ok) throw new Error(ground.failure.message)
  const spec = specFor(join(root, 'workspace'))
  const times: Record<string, number[]> = {
    bare: [],
    driver: [],
    'bare, to the end': [],
    'driver, to the end': [],
  }
  for (let round = -10; round < rounds; round++) {
    const bare = await timed((onOutput) => startBare(ground.value, spec, onOutput))
    const ours = await timed(async (onOutput) => {
      const started = await driver.start({ ...spec, id: `sbx_${round + 10}`, onOutput })
      if (!started.ok) throw new Error(started.failure.message)
      return (await started.value.ended()).exitCode
    })
    if (round < 0) continue // warming up
    times.bare?.push(bare.first)
    times.driver?.push(ours.first)
    times['bare, to the end']?.push(bare.end)
    times['driver, to the end']?.push(ours.end)
  }
  print(times)
} finally {
  await rm(root, { recursive: true, force: true })
}

function print(times: Record<string, number[]>): void {
  for (const [name, values] of Object.entries(times))
    console.log(
      `${name.padEnd(20)} median ${at(values, 0.5).toFixed(2)} ms   p95 ${at(values, 0.95).toFixed(2)} ms`,
    )
  const ratio = at(times.driver ?? [], 0.5) / at(times.bare ?? [], 0.5)
  console.log(`ratio of the medians ${ratio.toFixed(2)} (aim: at most ${AIM})`)
  report({
    what: 'sandbox, start to first word',
    ratio,
    to: 'bare bwrap, same profile',
    aim: `at most ${AIM}`,
    met: ratio <= AIM,
  })
}

async function startBare(ground: Ground, spec: SandboxSpec, onOutput: () => void): Promise<number> {
  const profile = profileOptions(spec, ground.host, ground.files, { seccomp: 4, status: 5 })
  const child = spawn(ground.bwrap, ['--args', '3', '--', ...spec.command], {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
    ...(ground.hostUser ?? {}),
  })
  const [, , , optionsPipe, filterPipe] = child.stdio as unknown as Writable[]
  optionsPipe?.end(Buffer.from(profile.map((option) => `${option}\0`).join('')))
  filterPipe?.end(ground.filter)
  child.stdout?.on('data', onOutput)
  for (const stream of child.stdio.slice(1)) (stream as Readable | null)?.resume()
  const [code] = await once(child, 'close')
  return code
}

function specFor(workspace: string): SandboxSpec {
  return {
    id: 'sbx_bench',
    phase: 'check',
    command: ['echo', 'ready'],
    workingDirectory: '/workspace',
    environment: { PATH: '/usr/bin:/bin' },
    workspace: { source: workspace, target: '/workspace', writable: 'all' },
    mounts: [],
    limits: DEFAULT_LIMITS,
  }
}

async function prepareDirectories(): Promise<BubblewrapOptions> {
  await chmod(root, 0o711)
  await mkdir(join(root, 'workspace'))
  const hostUser = process.getuid?.() === 0 ? { uid: 1_900_000_007, gid: 1_900_000_007 } : undefined
  if (hostUser !== undefined) await chown(join(root, 'workspace'), hostUser.uid, hostUser.gid)
  return {
    prefix: `bench${process.pid}`,
    ...(hostUser === undefined ? {} : { hostUser }),
    stopwatch: () => performance.now(),
    scratchDirectory: join(root, 'scratch'),
    runtimeDirectory: join(root, 'runtime'),
  }
}
