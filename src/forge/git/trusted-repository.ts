import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrustedRepository } from '../repository.ts'
import { adoptPack } from './adopt.ts'
import { applyPatch } from './apply.ts'
import { rawChanges } from './changes.ts'
import { makeCommit } from './commit.ts'
import { fetchBranches } from './fetch.ts'
import { materialise } from './materialise.ts'
import { addNote, pushNotes } from './note.ts'
import { objectSizes } from './object-sizes.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { buildPatch } from './patch.ts'
import { pushBranch } from './push.ts'
import { commitObject, listTree, parentOf, readBlob, readFile, treeOf } from './read.ts'
import { readBlobs } from './read-blobs.ts'
import { restorePaths } from './restore-paths.ts'
import { git } from './run-git.ts'
import { removeStaleFiles } from './stale-files.ts'

const inTurn = oneAtATime()
const opened = new Set<string>()

/**
 * Opens the host's own bare repository of a project, making it when it is not there. One process at a time works on it:
 * the first to open it clears away what a killed one left.
 */
export function openTrustedRepository(gitDirectory: string): Promise<TrustedRepository> {
  return inTurn(gitDirectory, async () => {
    await mkdir(gitDirectory, { recursive: true, mode: 0o700 })
    if (!opened.has(gitDirectory)) {
      await git({ args: ['init', '--quiet', '--bare', '--template=', '--initial-branch=none', gitDirectory] })
      await mkdir(join(gitDirectory, 'info'), { recursive: true })
      await writeFile(join(gitDirectory, 'info', 'attributes'), NO_ATTRIBUTES)
      await removeStaleFiles(gitDirectory)
      opened.add(gitDirectory)
    }
    return trustedRepository(gitDirectory)
  })
}

/**
 * info/attributes wins over every .gitattributes of a tree, so that none of them can run a filter, rewrite bytes or hide
 * a change from the diff (`*.js -diff`).
 */
export const NO_ATTRIBUTES =
  '* -text !eol !crlf -ident !filter !working-tree-encoding !diff !merge !whitespace !export-subst !export-ignore !delta\n'

function trustedRepository(gitDirectory: string): TrustedRepository {
  return {
    gitDirectory,
    fetch: (remote, signal) => inTurn(gitDirectory, () => fetchBranches(gitDirectory, remote, signal)),
    treeOf: (commit) => treeOf(gitDirectory, commit),
    parentOf: (commit) => parentOf(gitDirectory, commit),
    commitObject: (commit) => commitObject(gitDirectory, commit),
    readFile: (treeish, path, maxBytes) => readFile(gitDirectory, treeish, path, maxBytes),
    readBlob: (object) => readBlob(gitDirectory, object),
    readBlobs: (objects) => readBlobs(gitDirectory, objects),
    list: (treeish) => listTree(gitDirectory, treeish),
    sizesOf: (objects) => objectSizes(gitDirectory, objects),
    changes: (base, tree) => rawChanges(gitDirectory, base, tree),
    materialise: (commit, directory) => materialise(gitDirectory, commit, directory),
    adopt: (pack, tree) => adoptPack(gitDirectory, pack, tree),
    patch: (base, tree) => buildPatch(gitDirectory, base, tree),
    restorePaths: (base, tree, paths) => restorePaths(gitDirectory, base, tree, paths),
    apply: (onto, patch, options) => applyPatch(gitDirectory, onto, patch, options),
    commit: (request) => makeCommit(gitDirectory, request),
    push: (remote, request) => pushBranch(gitDirectory, remote, request),
    note: (commit, ref, text) => inTurn(gitDirectory, () => addNote(gitDirectory, commit, ref, text)),
    pushNotes: (remote, ref) => inTurn(gitDirectory, () => pushNotes(gitDirectory, remote, ref)),
  }
}
