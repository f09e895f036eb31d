import { chown, lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostUser } from '../host-user.ts'

/** Makes a directory below a root, one component after the other so that no link is followed; false when one is in the way. */
export async function ensureDirectory(
  root: string,
  relative: string,
  owner: HostUser | undefined,
): Promise<boolean> {
  let path = root
  for (const part of relative.split('/')) {
    if (part === '' || part === '.' || part === '..' || part === '.git') return false
    path = join(path, part)
    const entry = await lstat(path).catch(() => undefined)
    if (entry === undefined) {
      await mkdir(path)
      if (owner !== undefined) await chown(path, owner.uid, owner.gid)
    } else if (!entry.isDirectory()) return false
  }
  return true
}
