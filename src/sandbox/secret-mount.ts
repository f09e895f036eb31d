import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadOnlyMount } from './driver.ts'
import type { HostUser } from './host-user.ts'

/** Where setup finds its secret files. */
export const SECRETS_TARGET = '/run/secrets'

export interface SecretMount {
  readonly mount: ReadOnlyMount
  remove(): Promise<void>
}

/**
 * Writes files for sandboxes to read, into a new directory that only this user and the sandboxes' group get into. The names
 * must be checked already. What a killed server leaves is cleared with the sockets, where the directory should be.
 */
export async function mountSecrets(
  directory: string,
  files: readonly { readonly name: string; readonly content: Uint8Array }[],
  owner: HostUser | undefined,
): Promise<SecretMount> {
  const remove = () => rm(directory, { recursive: true, force: true })
  await mkdir(directory, { mode: 0o700 })
  try {
    for (const { name, content } of files) {
      const path = join(directory, name)
      await writeFile(path, content, { mode: 0o400, flag: 'wx' })
      await open(path, owner, 0o440)
    }
    await open(directory, owner, 0o750)
  } catch (error) {
    await remove()
    throw error
  }
  return { mount: { source: directory, target: SECRETS_TARGET }, remove }
}

async function open(path: string, owner: HostUser | undefined, mode: number): Promise<void> {
  if (owner === undefined) return
  await chown(path, process.geteuid?.() ?? 0, owner.gid)
  await chmod(path, mode)
}
