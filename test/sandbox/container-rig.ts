import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ContainerDriver, createContainerDriver } from '#sandbox/container/driver.ts'
import type { HostUser } from '#sandbox/host-user.ts'
import type { Rig } from '#test/port-suites/sandbox-driver.ts'
import { startEngine, type TestEngine } from '#test/support/container-engine.ts'
import { imageRoot } from '#test/support/image-root.ts'

export interface ContainerRig extends Rig {
  readonly driver: ContainerDriver
  readonly engine: TestEngine
  readonly root: string
  readonly user: HostUser
  /** The runner's socket. */
  readonly socket: string
  readonly prefix: string
  /** Ends the runner as a crash would. */
  killRunner(): Promise<void>
  /** Ends it as an administrator would. */
  stopRunner(): Promise<void>
  startRunner(): Promise<void>
}

export const CONTAINER_USER: HostUser = { uid: 1_900_000_007, gid: 1_900_000_007 }

let rigs = 0

/** A real driver, a runner in a process of its own, and an engine of its own; `close` removes them all. */
export async function containerRig(
  more: readonly string[] = [],
  ofEngine: Readonly<Record<string, string>> = {},
): Promise<ContainerRig> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'airlock-container-')))
  await chmod(root, 0o711)
  for (const name of ['writable', 'readable', 'runner']) await mkdir(join(root, name))
  const engine = await startEngine('runc', ofEngine)
  const socket = join(root, 'runner.sock')
  const prefix = `test${process.pid}x${rigs++}`
  const user = CONTAINER_USER
  let runner: ReturnType<typeof spawn> | undefined
  let directories = 0
  const signal = async (name: NodeJS.Signals) => {
    if (runner === undefined || runner.exitCode !== null || runner.signalCode !== null) return
    const exited = once(runner, 'exit')
    runner.kill(name)
    await exited
  }
  const rig: ContainerRig = {
    driver: createContainerDriver({ runner: socket, stopwatch: () => performance.now() }),
    engine,
    root,
    user,
    socket,
    prefix,
    async startRunner() {
      const options = {
        engine: `unix://${engine.socket}`,
        socket,
        installation: prefix,
        user: `${user.uid}:${user.gid}`,
        directory: join(root, 'runner'),
        writable: join(root, 'writable'),
        readable: join(root, 'readable'),
      }
      const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
      const child = spawn(process.execPath, ['src/sandbox/container/runner-main.ts', ...words, ...more])
      let said = ''
      child.stderr.on('data', (chunk) => (said += chunk))
      const failed = once(child, 'close').then(() => Promise.reject(new Error(said)))
      failed.catch(() => {})
      await Promise.race([once(child.stdout, 'data'), failed])
      runner = child
    },
    killRunner: () => signal('SIGKILL'),
    stopRunner: () => signal('SIGTERM'),
    async directory() {
      const path = join(root, 'writable', `directory-${directories++}`)
      await mkdir(path)
      await chown(path, user.uid, user.gid)
      return path
    },
    image: () => imageRoot(join(root, 'readable', `image-${directories++}`)),
    async close() {
      await rig.stopRunner()
      await engine.close()
      execFileSync('sh', ['-c', 'chmod -R u+rwX "$0" && rm -rf "$0"', root])
    },
  }
  await rig.startRunner()
  return rig
}
