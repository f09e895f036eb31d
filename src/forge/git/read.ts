import { AirlockError } from '#kernel/failure.ts'
import type { TreeEntry } from '../repository.ts'
import { fileTooLarge } from './patch.ts'
import { pathName, splitNul } from './path-name.ts'
import { git } from './run-git.ts'

export async function treeOf(gitDirectory: string, commit: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`]
  return (await git({ gitDirectory, args })).toString('latin1').trim()
}

/** The only parent of a commit Airlock made. */
export async function parentOf(gitDirectory: string, commit: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--end-of-options', `${commit}^1`]
  return (await git({ gitDirectory, args })).toString('latin1').trim()
}

/** A commit's own bytes, as they hash to its name. */
export function commitObject(gitDirectory: string, commit: string): Promise<Buffer> {
  return git({ gitDirectory, args: ['cat-file', 'commit', commit] })
}

export async function listTree(gitDirectory: string, treeish: string): Promise<readonly TreeEntry[]> {
  return entries(await git({ gitDirectory, args: ['ls-tree', '-r', '-l', '-z', '--full-tree', treeish] }))
}

/** The bytes of a regular file; undefined when there is none. Throws file_too_large above `maxBytes`. */
export async function readFile(
  gitDirectory: string,
  treeish: string,
  path: string,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const args = ['ls-tree', '-l', '-z', '--full-tree', treeish, '--', path]
  const entry = entries(await git({ gitDirectory, args })).find((found) => found.path === path)
  if (entry === undefined || !entry.mode.startsWith('100')) return undefined
  if (entry.size > maxBytes)
    throw new AirlockError({ ...fileTooLarge(path, entry.size), details: { maxBytes } })
  return readBlob(gitDirectory, entry.object)
}

export function readBlob(gitDirectory: string, object: string): Promise<Buffer> {
  return git({ gitDirectory, args: ['cat-file', 'blob', object] })
}

/** Lines are `mode type object size<TAB>path`. */
function entries(output: Buffer): TreeEntry[] {
  return splitNul(output).map((line) => {
    const tab = line.indexOf(0x09)
    const [mode = '', , object = '', size = ''] = line.subarray(0, tab).toString('latin1').split(/ +/)
    const name = pathName(line.subarray(tab + 1))
    return {
      mode,
      object,
      size: size === '-' ? 0 : Number(size),
      path: name.text,
      ...(name.pathBytes === undefined ? {} : { pathBytes: name.pathBytes }),
    }
  })
}
