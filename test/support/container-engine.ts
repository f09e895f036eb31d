import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { hostProgram } from '#sandbox/workspace/host-program.ts'

export interface TestEngine {
  /** Where all it has is kept. */
  readonly root: string
  readonly socket: string
  /** The options with which the engine's own command works on the same containers and images. */
  readonly place: readonly string[]
  /** Ends the service as a crash would; its containers go on. */
  kill(): Promise<void>
  /** Starts the service again, over the same containers and images; its own options come after those of before. */
  revive(...options: string[]): Promise<void>
  /** Runs the engine's own command over the same containers and images. */
  podman(...args: string[]): Promise<string>
  close(): Promise<void>
}

/** A Podman of its own: nothing that another engine of the host has is seen or touched. */
export async function startEngine(runtime = 'runc', environment = {}): Promise<TestEngine> {
  if (!existsSync('/usr/bin/podman')) throw new Error('podman is missing: run script/bootstrap --test')
  const root = await mkdtemp(join(tmpdir(), 'airlock-engine-'))
  const socket = join(root, 'engine.sock')
  const place = [
    ...['--root', join(root, 'storage'), '--runroot', join(root, 'run'), '--tmpdir', join(root, 'tmp')],
    ...['--runtime', runtime, '--cgroup-manager', 'cgroupfs', '--events-backend', 'none'],
  ]
  // conmon writes into the current directory of the service.
  const run = (...args: string[]) =>
    spawn('/usr/bin/podman', [...place, ...args], { cwd: root, env: { ...process.env, ...environment } })
  let service: ChildProcess | undefined
  const engine: TestEngine = {
    root,
    socket,
    place,
    async kill() {
      const child = service
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await exited
    },
    async revive(...options) {
      await rm(socket, { force: true })
      service = run(...options, 'system', 'service', '--time=0', `unix://${socket}`)
      for (let wait = 0; !existsSync(socket); wait++) {
        if (wait > 400 || service.exitCode !== null) throw new Error('podman did not start')
        await pause(50)
      }
    },
    podman: (...args) =>
      new Promise((resolve, reject) => {
        const child = run(...args)
        let said = ''
        child.stdout.on('data', (chunk) => (said += chunk))
        child.stderr.on('data', (chunk) => (said += chunk))
        child.on('error', reject)
        child.on('close', (code) => (code === 0 ? resolve(said) : reject(new Error(said))))
      }),
    async close() {
      await engine.podman('rm', '--all', '--force', '--time=0').catch(() => {})
      await engine.kill()
      for (const mount of await mountsBelow(root)) await hostProgram('umount', ['-l', mount])
      await rm(root, { recursive: true, force: true })
    },
  }
  await engine.revive()
  return engine
}

/** The deepest first. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  return mounts.filter((mount) => mount.startsWith(`${directory}/`)).reverse()
}
