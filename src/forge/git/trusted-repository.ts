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
import { buildPatch } from './patch.ts'
import { pushBranch } from './push.ts'
import { listTree, parentOf, readBlob, readFile, treeOf } from './read.ts'
import { restorePaths } from './restore-paths.ts'
import { git } from './run-git.ts'

/** Opens the host's own bare repository of a project, making it when it is not there. */
export async function openTrustedRepository(gitDirectory: string): Promise<TrustedRepository> {
  await mkdir(gitDirectory, { recursive: true, mode: 0o700 })
  await git({ args: ['init', '--quiet', '--bare', '--template=', '--initial-branch=none', gitDirectory] })
  await mkdir(join(gitDirectory, 'info'), { recursive: true })
  await writeFile(join(gitDirectory, 'info', 'attributes'), NO_ATTRIBUTES)
  return trustedRepository(gitDirectory)
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
    fetch: (remote, signal) => fetchBranches(gitDirectory, remote, signal),
    treeOf: (commit) => treeOf(gitDirectory, commit),
    parentOf: (commit) => parentOf(gitDirectory, commit),
    readFile: (treeish, path, maxBytes) => readFile(gitDirectory, treeish, path, maxBytes),
    readBlob: (object) => readBlob(gitDirectory, object),
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
    note: (commit, ref, text) => addNote(gitDirectory, commit, ref, text),
    pushNotes: (remote, ref) => pushNotes(gitDirectory, remote, ref),
  }
}
