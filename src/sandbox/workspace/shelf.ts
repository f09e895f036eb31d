import { chmod, chown, mkdir } from 'node:fs/promises'
import { freemem } from 'node:os'
import { join } from 'node:path'
import type { HostUser } from '../host-user.ts'
import { hostProgram } from './host-program.ts'
import { mountsBelow, mountTmpfs } from './overlay.ts'

/** Where base checkouts are kept: in memory while there is room (twenty thousand small files take a disk many seconds). */
export interface Shelf {
  /** Makes a new directory, lets it be filled, and gives it to the sandboxes' user. Undefined when `fill` gave up. */
  place(name: string, fill: (directory: string) => Promise<boolean>): Promise<string | undefined>
  /** True once something of this process is, or may be, on it. */
  inUse(): boolean
}

const MiB = 1024 * 1024
const MOST_MEMORY = 2048 * MiB
const LEAST_MEMORY = 128 * MiB
/** A share of what is free now: the rest belongs to sandboxes and the host. */
const SHARE_OF_FREE = 0.2

export function createShelf(directory: string, owner: HostUser | undefined, mayMount: boolean): Shelf {
  let memory: Promise<string | undefined> | undefined
  const disk = join(directory, 'base')

  const fillIn = async (place: string, name: string, fill: (directory: string) => Promise<boolean>) => {
    const path = join(place, name)
    await mkdir(path, { mode: 0o755 })
    const remove = () => hostProgram('rm', ['-rf', '--', path])
    try {
      if (!(await fill(path))) {
        await remove()
        return undefined
      }
      if (owner !== undefined)
        await hostProgram('chown', ['-R', '-h', `${owner.uid}:${owner.gid}`, '--', path])
      return path
    } catch (error) {
      await remove()
      throw error
    }
  }

  return {
    inUse: () => memory !== undefined,

    async place(name, fill) {
      memory ??= mayMount ? memoryPlace(directory, owner) : Promise.resolve(undefined)
      const fast = await memory
      // Memory may be full, which shows in many ways; what fails for another reason fails on disk as well, and says so.
      const placed = fast === undefined ? undefined : await fillIn(fast, name, fill).catch(() => undefined)
      if (placed !== undefined) return placed
      await ownedDirectory(disk, owner)
      return fillIn(disk, name, fill)
    },
  }
}

/** A directory that only the server and the sandboxes' user can pass through. */
export async function ownedDirectory(path: string, owner: HostUser | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  if (owner === undefined) return
  await chown(path, process.geteuid?.() ?? 0, owner.gid)
  await chmod(path, 0o710)
}

async function memoryPlace(directory: string, owner: HostUser | undefined): Promise<string | undefined> {
  const bytes = Math.floor(Math.min(freemem() * SHARE_OF_FREE, MOST_MEMORY))
  if (bytes < LEAST_MEMORY) return undefined
  const path = join(directory, 'memory')
  await mkdir(path, { recursive: true })
  if (!(await mountsBelow(directory)).includes(path)) await mountTmpfs(path, bytes)
  await ownedDirectory(path, owner)
  return path
}
