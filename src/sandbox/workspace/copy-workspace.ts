import { chown, mkdir, mkdtemp, realpath, stat } from 'node:fs/promises'
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
    await mkdir(path)
    if (source !== undefined) await copyAsItsOwner(source, path, owner)
    if (owner !== undefined) await hostProgram('chown', ['-R', '-h', `${owner.uid}:${owner.gid}`, '--', path])
    return { path, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/**
 * Root copies what belongs to somebody else with that user's rights: who exchanges directories for links meanwhile has
 * nothing copied that they could not read themselves.
 */
async function copyAsItsOwner(source: string, path: string, owner: HostUser | undefined): Promise<void> {
  const { uid } = await stat(source)
  if (owner === undefined || uid === 0) return hostProgram('cp', [...COPY, `${source}/.`, path])
  await chown(path, uid, owner.gid)
  // The group of the sandboxes is let through to the copy; the way to the source need not be open to its owner.
  const user = ['setpriv', `--reuid=${uid}`, `--regid=${owner.gid}`, '--clear-groups']
  try {
    await hostProgram('env', [`--chdir=${source}`, ...user, 'cp', ...COPY, '.', path])
  } catch (error) {
    if (error instanceof AirlockError) throw error
    throw new AirlockError(
      {
        code: 'invalid_input',
        message: `${source} cannot be copied with the rights of its owner, user ${uid}.`,
        remedy: 'Let that user read all of it, or give it to root.',
      },
      { cause: error },
    )
  }
}

const COPY = ['-a', '--reflink=auto', '--']

async function directoryAt(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined)
  if (real !== undefined && (await stat(real)).isDirectory()) return real
  throw new AirlockError({
    code: 'invalid_input',
    message: `There is no directory at ${path}.`,
    remedy: 'Name an existing directory, or leave the option out for an empty one.',
  })
}
