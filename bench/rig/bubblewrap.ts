import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { type BubblewrapDriver, createBubblewrapDriver } from '#sandbox/bubblewrap/driver.ts'
import { type Ground, prepareGround } from '#sandbox/bubblewrap/ground.ts'
import type { BubblewrapOptions } from '#sandbox/bubblewrap/options.ts'
import { profileOptions } from '#sandbox/bubblewrap/profile.ts'
import type { SandboxSpec } from '#sandbox/driver.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'

/** The driver, and the ground it stands on for whoever does the same without it. */
export interface BubblewrapBench {
  readonly driver: BubblewrapDriver
  readonly ground: Ground
  readonly prefix: string
  spec(id: string, command: SandboxSpec['command']): SandboxSpec
  close(): Promise<void>
}

export async function bubblewrapBench(): Promise<BubblewrapBench> {
  const root = await mkdtemp(join(tmpdir(), 'airlock-bench-'))
  const options = await prepareDirectories(root)
  const ground = await prepareGround(options)
  if (!ground.ok) throw new Error(ground.failure.message)
  return {
    driver: createBubblewrapDriver(options),
    ground: ground.value,
    prefix: options.prefix,
    spec: (id, command) => ({
      id,
      phase: 'check',
      command,
      workingDirectory: '/workspace',
      environment: { PATH: '/usr/bin:/bin' },
      workspace: { source: join(root, 'workspace'), target: '/workspace', writable: 'all' },
      mounts: [],
      limits: DEFAULT_LIMITS,
    }),
    close: () => rm(root, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** The very same profile and filter, without the driver: no cgroup, no limits, nobody watching. */
export function startBare(ground: Ground, spec: SandboxSpec, onOutput: () => void) {
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
  return { child, ended: once(child, 'close').then(([code]): number => code) }
}

async function prepareDirectories(root: string): Promise<BubblewrapOptions> {
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
