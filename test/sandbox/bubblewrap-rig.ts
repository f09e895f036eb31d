import { execFileSync } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BubblewrapDriver, createBubblewrapDriver } from '#sandbox/bubblewrap/driver.ts'
import type { BubblewrapOptions } from '#sandbox/bubblewrap/options.ts'
import type { HostUser } from '#sandbox/host-user.ts'
import type { Rig } from '#test/port-suites/sandbox-driver.ts'
import { imageRoot } from '#test/support/image-root.ts'

export interface BubblewrapRig extends Rig {
  readonly driver: BubblewrapDriver
  readonly options: BubblewrapOptions
  readonly root: string
}

export const HOST_USER: HostUser | undefined =
  process.getuid?.() === 0 ? { uid: 1_900_000_007, gid: 1_900_000_007 } : undefined

let rigs = 0

/** A real driver with directories of its own, which `close` removes. */
export async function bubblewrapRig(more: Partial<BubblewrapOptions> = {}): Promise<BubblewrapRig> {
  const root = await mkdtemp(join(tmpdir(), 'airlock-sandbox-'))
  await chmod(root, 0o711)
  const options: BubblewrapOptions = {
    prefix: `test${process.pid}x${rigs++}`,
    ...(HOST_USER === undefined ? {} : { hostUser: HOST_USER }),
    stopwatch: () => performance.now(),
    scratchDirectory: join(root, 'scratch'),
    runtimeDirectory: join(root, 'runtime'),
    ...more,
  }
  const driver = createBubblewrapDriver(options)
  let directories = 0
  return {
    driver,
    options,
    root,
    async directory() {
      const path = join(root, `directory-${directories++}`)
      await mkdir(path)
      if (HOST_USER !== undefined) await chown(path, HOST_USER.uid, HOST_USER.gid)
      return path
    },
    image: () => imageRoot(join(root, `image-${directories++}`)),
    async close() {
      await driver.sweep()
      // Not Node's own rm: tests leave trees that are read-only, or deeper than a path can name.
      execFileSync('sh', ['-c', 'chmod -R u+rwX "$0" && rm -rf "$0"', root])
    },
  }
}
