import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostUser } from './host-user.ts'
import { ownedDirectory } from './workspace/shelf.ts'

export interface ShownFiles {
  readonly path: string
  remove(): Promise<void>
}

/**
 * Writes files for a sandbox to read into a new directory, which only this user and the sandboxes' group get into. The host
 * chooses the names; what is in the files may be anybody's. What a killed server leaves goes with the rest of the scratch.
 */
export async function showFiles(
  scratchDirectory: string,
  files: Iterable<readonly [name: string, content: Uint8Array]>,
  owner: HostUser | undefined,
): Promise<ShownFiles> {
  await ownedDirectory(scratchDirectory, owner)
  const path = await mkdtemp(join(scratchDirectory, 'shown-'))
  const remove = () => rm(path, { recursive: true, force: true })
  try {
    for (const [name, content] of files) {
      await writeFile(join(path, name), content, { mode: 0o400, flag: 'wx' })
      await open(join(path, name), owner, 0o440)
    }
    await open(path, owner, 0o750)
  } catch (error) {
    await remove()
    throw error
  }
  return { path, remove }
}

async function open(path: string, owner: HostUser | undefined, mode: number): Promise<void> {
  if (owner === undefined) return
  await chown(path, process.geteuid?.() ?? 0, owner.gid)
  await chmod(path, mode)
}
