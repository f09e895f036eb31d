import { posix } from 'node:path'
import { BOUNDS } from '#contract/bounds.ts'
import { looksLikeDotGit } from '#guards/git-name.ts'
import { readablePath } from './enforce-scope.ts'
import type { TreeChange, TrustedRepository } from './repository.ts'
import { type CleanedTree, type Objection, undoChanges } from './undo-changes.ts'

/**
 * The tree without what could reach outside it or mislead the one who checks it out: links that leave, submodules,
 * names that pass for `.git`, files above the bound, unknown modes. Judged from the tree alone, whoever made it.
 */
export function cleanTree(repository: TrustedRepository, base: string, tree: string): Promise<CleanedTree> {
  return undoChanges(repository, base, tree, async (changes) => {
    const files = changes.filter((change) => ['100644', '100755', LINK].includes(change.newMode))
    const sizes = await repository.sizesOf(files.map((change) => change.newObject))
    const sizeOf = (change: TreeChange) => sizes.get(change.newObject) ?? 0
    const links = files.filter((change) => change.newMode === LINK && sizeOf(change) <= LONGEST_LINK)
    const targets = await repository.readBlobs(links.map((change) => change.newObject))
    return new Map(
      changes.map((change) => [
        change.path,
        objection(change, sizeOf(change), targets.get(change.newObject)),
      ]),
    )
  })
}

const LINK = '120000'

function objection(change: TreeChange, size: number, target: Uint8Array | undefined): Objection {
  const path = readablePath(change)
  if (change.newMode === '160000' || change.oldMode === '160000')
    return { rule: 'import.submodule', reason: 'Submodules are not added, moved or removed by a task.' }
  if (path.split('/').some(looksLikeDotGit))
    return { rule: 'import.git-name', reason: 'The name passes for .git on some file systems.' }
  if (basenameIs(path, '.gitmodules'))
    return {
      rule: 'import.submodule',
      reason: 'A task does not change .gitmodules: it makes git fetch from elsewhere.',
    }
  switch (change.newMode) {
    case '000000':
      return undefined
    case '100644':
    case '100755':
      return size > BOUNDS.fileInPatch ? tooLarge(size) : undefined
    case LINK:
      return target === undefined ? tooLarge(size) : linkObjection(path, target)
    default:
      return { rule: 'import.mode', reason: `The mode ${change.newMode} is none that a file may have.` }
  }
}

const LONGEST_LINK = 4_096

function linkObjection(path: string, bytes: Uint8Array): Objection {
  const target = Buffer.from(bytes).toString('utf8')
  if (staysInside(path, target)) return undefined
  return {
    rule: 'import.link',
    reason: 'The symbolic link leads out of the repository, or could through another link.',
  }
}

/**
 * A target stays inside when its `..` all come first and climb no higher than the root: after a name, `..` would start
 * from wherever that name leads, were it a link itself.
 */
export function staysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || /[\0\\]/.test(target)) return false
  const parts = target.split('/').filter((part) => part !== '' && part !== '.')
  const climbs = parts.findIndex((part) => part !== '..')
  const names = climbs < 0 ? [] : parts.slice(climbs)
  if (names.includes('..') || names.some(looksLikeDotGit)) return false
  const resolved = posix.normalize(posix.join(posix.dirname(path), target))
  return resolved !== '..' && !resolved.startsWith('../')
}

function tooLarge(size: number): Objection {
  return {
    rule: 'import.file-size',
    reason: `It has ${size} bytes; a file in a patch may have ${BOUNDS.fileInPatch}.`,
  }
}

function basenameIs(path: string, name: string): boolean {
  return posix.basename(path).normalize('NFKC').toLowerCase() === name
}
