import { mkdir, readdir, rename, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { AirlockError } from '#kernel/failure.ts'
import { diskUse } from '../bubblewrap/disk-use.ts'
import type { HostUser } from '../host-user.ts'
import { hostProgram } from './host-program.ts'
import { removeTree } from './leftovers.ts'
import { ownedDirectory } from './shelf.ts'

/** Where copies of finished workspaces are kept for a look around. What stands here under its own name is complete. */
export interface PreservedWorkspaces {
  /** Copies a workspace that no process uses any more, as it is, but for set-uid bits. Throws where the disk has too little room. */
  keep(id: string, source: string): Promise<void>
  /** Where it is, to be shown read-only. */
  pathOf(id: string): string
  /** Out of reach when it resolves; the files go afterwards. Safe to call for what is not there. */
  putAside(id: string): Promise<void>
  /** What is there now, complete. */
  ids(): Promise<readonly string[]>
  /** Removes what was put aside or never completed, and whatever is not among `kept`. Nothing else may run meanwhile. */
  sweep(kept: readonly string[]): Promise<readonly string[]>
}

export interface PreservedOptions {
  /** An absolute path that nobody else writes and the sandboxes' user can reach. */
  readonly directory: string
  readonly owner?: HostUser
  /** Bytes that stay free beside any copy: a full disk would end what others run. */
  readonly leastFree?: number
  /** Told of trouble nobody waits for. */
  readonly onProblem: (message: string, cause: unknown) => void
}

const LEAST_FREE = 2 * 1024 ** 3

/** Its copy is being made. */
const DRAFT = '.draft-'
/** Its files are being removed. */
const ASIDE = '.aside-'

export function createPreserved({
  directory,
  owner,
  leastFree = LEAST_FREE,
  onProblem,
}: PreservedOptions): PreservedWorkspaces {
  const at = (name: string) => join(directory, name)
  const names = () => readdir(directory).catch(() => [])
  return {
    async keep(id, source) {
      await ownedDirectory(directory, owner)
      await refuseWithoutRoom(directory, source, leastFree)
      const draft = at(`${DRAFT}${id}`)
      try {
        await ownedDirectory(draft, owner)
        await hostProgram('cp', ['-a', '--reflink=auto', '--', source, join(draft, 'tree')])
        await hostProgram('chmod', ['-R', 'ug-s', '--', join(draft, 'tree')])
        await rename(draft, at(id))
      } catch (error) {
        await removeTree(draft)
        throw error
      }
    },
    pathOf: (id) => join(at(id), 'tree'),
    async putAside(id) {
      const aside = at(`${ASIDE}${id}`)
      const moved = await rename(at(id), aside).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return false
          throw error
        },
      )
      if (moved)
        void removeTree(aside).catch((cause) => onProblem('a kept workspace is still on the disk', cause))
    },
    ids: async () => (await names()).filter((name) => !name.startsWith('.')),
    async sweep(kept) {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const others = (await names()).filter((name) => !kept.includes(name))
      for (const name of others) await removeTree(at(name))
      return others.map(at)
    },
  }
}

async function refuseWithoutRoom(directory: string, source: string, leastFree: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory)
  const room = bavail * bsize - leastFree
  const { complete } = await diskUse(source, { bytes: room, files: Number.POSITIVE_INFINITY })
  if (complete && room > 0) return
  throw new AirlockError({
    code: 'disk_full',
    rule: 'sandbox.preserve',
    message: 'A copy of the workspace would leave too little of the disk to others.',
    remedy: 'Free some disk, or destroy kept workspaces: airlock sandbox destroy TASK.',
  })
}
