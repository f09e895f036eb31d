import { mkdir, mkdtemp, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AirlockError } from '#kernel/failure.ts'
import type { HostUser } from '../host-user.ts'
import { hostProgram } from './host-program.ts'
import { removeTree } from './leftovers.ts'
import { ownedDirectory } from './shelf.ts'

export interface CopiedWorkspace {
  readonly path: string
  remove(): Promise<void>
}

/**
 * A copy of a directory for one sandbox, or an empty directory; the original is only read. Throws AirlockError
 * invalid_input when there is no such directory.
 */
export async function copyWorkspace(
  parent: string,
  original: string | undefined,
  owner: HostUser | undefined,
): Promise<CopiedWorkspace> {
  const source = original === undefined ? undefined : await directoryAt(original)
  const home = await mkdtemp(join(parent, 'copy-'))
  const remove = () => removeTree(home)
  try {
    await ownedDirectory(home, owner)
    const path = join(home, 'workspace')
    if (source === undefined) await mkdir(path)
    else await hostProgram('cp', ['-a', '--reflink=auto', '--', source, path])
    if (owner !== undefined) await hostProgram('chown', ['-R', '-h', `${owner.uid}:${owner.gid}`, '--', path])
    return { path, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function directoryAt(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined && (await stat(real)).isDirectory()) return real
  throw new AirlockError({
    code: 'invalid_input',
    message: `There is no directory at ${path}.`,
    remedy: 'Name an existing directory, or leave the option out for an empty one.',
  })
}
