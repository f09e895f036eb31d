import { chown, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '#kernel/bytes.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import type { HostUser } from '../host-user.ts'
import { ensureDirectory } from './ensure-directory.ts'
import { hostProgram } from './host-program.ts'
import { removeTree, sweepExcept } from './leftovers.ts'
import { canOverlay, mountOverlay, unmount } from './overlay.ts'
import { createShelf, ownedDirectory } from './shelf.ts'

/** Files that any number of workspaces start from and none can change. */
export interface Pristine {
  readonly key: string
  /** The object store the host made for the base commit; no sandbox has ever written it. */
  readonly baseObjects: string
  /** Topmost first. With overlays these are layers; with copies there is exactly one. */
  readonly layers: readonly string[]
}

/** One writable copy, for one sandbox after the other. */
export interface Workspace {
  readonly id: string
  readonly path: string
  readonly baseObjects: string
  /** To whom its files belong, when the server is root. */
  readonly owner?: HostUser
}

export interface WorkspacesOptions {
  /** An absolute path that nobody else writes and the sandboxes' user can reach. */
  readonly directory: string
  /** To whom the files belong; needed when the server is root. */
  readonly owner?: HostUser
  readonly random: RandomBytes
  /** `copy` goes without mounts even where they are permitted. */
  readonly method?: 'overlay' | 'copy'
  /** Told of trouble nobody waits for. */
  readonly onProblem?: (message: string, cause: unknown) => void
}

export interface Workspaces {
  /** How copies are made on this host. */
  readonly method: 'overlay' | 'copy'
  /** To whom the sandboxes' files belong, when the server is root. */
  readonly owner?: HostUser
  find(key: string): Promise<Pristine | undefined>
  /** Finds it, or makes it: `fill` writes into an empty directory, and answers false to give up. Made once per key. */
  pristine(key: string, fill: (directory: string) => Promise<boolean>): Promise<Pristine | undefined>
  copyOf(pristine: Pristine): Promise<Workspace>
  /** Freezes a workspace that no process uses any more into a new pristine; the workspace is gone then. */
  promote(workspace: Workspace, key: string): Promise<Pristine>
  /** Makes these directories where they are missing; false when one stands on a link or a file. */
  ensureDirectories(workspace: Workspace, directories: readonly string[]): Promise<boolean>
  /** Safe to call twice. The files go in the background. */
  remove(workspace: Workspace): Promise<void>
  /** Removes what a former process left: mounts, copies, bases. Returns what it removed. */
  sweep(): Promise<readonly string[]>
  /** Removes everything, and waits for it. */
  close(): Promise<void>
}

/** How many bases are kept although nobody uses them; a task comes back to its own ones between two sandboxes. */
const KEPT = 8

interface Entry {
  readonly pristine: Pristine
  /** What to delete when it is given up: the directory of its own layer. */
  readonly home: string
  readonly parent?: Entry
  users: number
}

interface Place {
  readonly home: string
  readonly from: Entry
  readonly mounted: boolean
}

export async function createWorkspaces(options: WorkspacesOptions): Promise<Workspaces> {
  const { directory, owner } = options
  await ownedDirectory(directory, owner)
  const method = options.method ?? ((await canOverlay(directory)) ? 'overlay' : 'copy')
  const shelf = createShelf(directory, owner, method === 'overlay')
  const entries = new Map<string, Entry>() // oldest use first
  const replaced = new Set<Entry>() // somebody froze another one under the same key; gone with their last user
  const making = new Map<string, Promise<Pristine | undefined>>()
  const places = new Map<string, Place>()
  const removals = new Set<Promise<void>>()

  const newName = () => Buffer.from(options.random(12)).toString('hex')

  const discard = (path: string) => {
    const removal = removeTree(path)
      .catch((cause: unknown) => options.onProblem?.('a workspace could not be removed', cause))
      .finally(() => removals.delete(removal))
    removals.add(removal)
  }

  const used = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    entries.delete(key)
    entries.set(key, entry)
    return entry
  }

  const keep = (entry: Entry): Pristine => {
    const former = entries.get(entry.pristine.key)
    if (former !== undefined) replaced.add(former)
    entries.delete(entry.pristine.key)
    entries.set(entry.pristine.key, entry)
    if (entry.parent !== undefined) entry.parent.users += 1
    evict()
    return entry.pristine
  }

  const giveUp = (entry: Entry) => {
    if (entry.parent !== undefined) entry.parent.users -= 1
    discard(entry.home)
  }

  const evict = () => {
    for (const entry of replaced) if (entry.users === 0 && replaced.delete(entry)) giveUp(entry)
    const idle = [...entries].filter(([, { users }]) => users === 0)
    for (const [key, entry] of idle.slice(0, Math.max(0, idle.length - KEPT))) {
      entries.delete(key)
      giveUp(entry)
    }
  }

  const make = async (key: string, fill: (directory: string) => Promise<boolean>) => {
    const layer = await shelf.place(newName(), fill)
    if (layer === undefined) return undefined
    const pristine = { key, layers: [layer], baseObjects: join(layer, '.git', 'objects') }
    return keep({ pristine, home: layer, users: 0 })
  }

  /** Unmounts; what is left is plain directories. */
  const leave = async (workspace: Workspace): Promise<Place | undefined> => {
    const place = places.get(workspace.id)
    if (place === undefined) return undefined
    places.delete(workspace.id)
    if (place.mounted) await unmount(workspace.path)
    place.from.users -= 1
    return place
  }

  return {
    method,
    ...(owner === undefined ? {} : { owner }),

    find: async (key) => used(key)?.pristine,

    async pristine(key, fill) {
      const there = used(key)
      if (there !== undefined) return there.pristine
      const made = making.get(key) ?? make(key, fill).finally(() => making.delete(key))
      making.set(key, made)
      return made
    },

    async copyOf(pristine) {
      const from = used(pristine.key)
      if (from === undefined) throw new Error('a base was used after it had been given up')
      from.users += 1
      const id = newName()
      const home = join(directory, 'work', id)
      places.set(id, { home, from, mounted: method === 'overlay' })
      try {
        await ownedDirectory(join(directory, 'work'), owner)
        await ownedDirectory(home, owner)
        const path = await fillWorkspace(method, from.pristine.layers, home, owner)
        return { id, path, baseObjects: from.pristine.baseObjects, ...(owner === undefined ? {} : { owner }) }
      } catch (error) {
        places.delete(id)
        from.users -= 1
        discard(home)
        throw error
      }
    },

    async promote(workspace, key) {
      const place = await leave(workspace)
      if (place === undefined) throw new Error('a workspace was promoted after it had been removed')
      const name = digestOf(`${key} ${newName()}`).slice(7, 31)
      await ownedDirectory(join(directory, 'prepared'), owner)
      const home = join(directory, 'prepared', name)
      await rename(place.home, home)
      const { baseObjects, layers } = place.from.pristine
      const own = join(home, method === 'overlay' ? 'upper' : 'tree')
      if (method === 'copy')
        return keep({ pristine: { key, baseObjects, layers: [own] }, home, parent: place.from, users: 0 })
      return keep({
        pristine: { key, baseObjects, layers: [own, ...layers] },
        home,
        parent: place.from,
        users: 0,
      })
    },

    async ensureDirectories(workspace, directories) {
      for (const relative of directories)
        if (!(await ensureDirectory(workspace.path, relative, owner))) return false
      return true
    },

    async remove(workspace) {
      const place = await leave(workspace)
      if (place !== undefined) discard(place.home)
      evict()
    },

    async sweep() {
      await Promise.allSettled(making.values())
      const mine = [...places.values(), ...entries.values(), ...replaced].map(({ home }) => home)
      return sweepExcept(directory, shelf.inUse() ? [...mine, join(directory, 'memory')] : mine)
    },

    async close() {
      for (const place of places.values()) if (place.mounted) await unmount(mergedIn(place.home))
      places.clear()
      entries.clear()
      replaced.clear()
      await Promise.all(removals)
      await sweepExcept(directory, [])
    },
  }
}

async function fillWorkspace(
  method: 'overlay' | 'copy',
  layers: readonly string[],
  home: string,
  owner: HostUser | undefined,
): Promise<string> {
  if (method === 'copy') {
    const tree = join(home, 'tree')
    await hostProgram('cp', ['-a', '--reflink=auto', '--', layers[0] ?? '', tree])
    return tree
  }
  const [upper, work, merged] = [join(home, 'upper'), join(home, 'work'), mergedIn(home)]
  for (const path of [upper, work, merged]) await mkdir(path, { mode: 0o755 })
  if (owner !== undefined) await chown(upper, owner.uid, owner.gid)
  await mountOverlay({ lower: layers, upper, work, merged })
  return merged
}

function mergedIn(home: string): string {
  return join(home, 'merged')
}
