import { BOUNDS } from '#contract/bounds.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { BuiltPatch } from '../repository.ts'
import {
  DIFF_CONFIG,
  DIFF_OPTIONS,
  fileChanges,
  PATCH_OPTIONS,
  type RawChange,
  RENAMES,
  rawChanges,
} from './changes.ts'
import { objectSizes } from './object-sizes.ts'
import { runGit } from './run-git.ts'

const MiB = 1024 * 1024

/** What stood there before is compared as well; above this, git would take gigabytes to tell the difference. */
const LARGEST_BEFORE = 64 * MiB

/** Both sides of all changes together: git reads every one of them, again for each name it has. */
const MOST_READ = 512 * MiB

/** Files that came or went are compared by likeness while they have no more bytes than this in all. */
const MOST_COMPARED = 32 * MiB

/**
 * The one text of the change from `base` to `tree`, and the files it touches. Everything is bounded before git compares
 * contents: two thousand links to one large file, and another one removed, would keep it busy for hours. What is bounded
 * how depends on the two trees alone, so that whoever builds the patch again gets the same bytes.
 */
export async function buildPatch(
  gitDirectory: string,
  base: string,
  tree: string,
): Promise<Result<BuiltPatch>> {
  const paths = await rawChanges(gitDirectory, base, tree)
  if (paths.length > 2 * BOUNDS.filesInPatch) return refused(tooManyFiles(paths.length))
  const sizes = await sidesOf(gitDirectory, paths)
  const large = sizes.find(({ before, after }) => after > BOUNDS.fileInPatch || before > LARGEST_BEFORE)
  if (large !== undefined) return refused(fileTooLarge(large.path, Math.max(large.after, large.before)))
  if (sizes.reduce((sum, { before, after }) => sum + before + after, 0) > MOST_READ)
    return refused(patchTooLarge())

  const renames = RENAMES[comparedBytes(sizes) > MOST_COMPARED ? 'exact' : 'alike']
  const changes = await fileChanges(gitDirectory, base, tree, renames)
  if (changes.length > BOUNDS.filesInPatch) return refused(tooManyFiles(changes.length))

  const args = ['diff', ...PATCH_OPTIONS, ...DIFF_OPTIONS, ...renames, base, tree, '--']
  const outcome = await runGit({ gitDirectory, args, config: DIFF_CONFIG, maxOutput: BOUNDS.patch })
  if (outcome.ended === 'output_exhausted') return refused(patchTooLarge())
  if (outcome.exitCode !== 0) throw new Error(`git diff failed: ${outcome.stderr}`)
  return ok({ bytes: outcome.stdout, files: changes.map(({ file }) => file) })
}

interface Sides {
  readonly path: string
  readonly before: number
  readonly after: number
  readonly stays: boolean
}

async function sidesOf(gitDirectory: string, paths: readonly RawChange[]): Promise<readonly Sides[]> {
  const blobs = paths.flatMap(({ oldMode, oldObject, newMode, newObject }) => [
    ...(isBlob(oldMode) ? [oldObject] : []),
    ...(isBlob(newMode) ? [newObject] : []),
  ])
  const sizes = await objectSizes(gitDirectory, blobs)
  return paths.map(({ path, oldMode, oldObject, newMode, newObject }) => ({
    path,
    before: isBlob(oldMode) ? (sizes.get(oldObject) ?? 0) : 0,
    after: isBlob(newMode) ? (sizes.get(newObject) ?? 0) : 0,
    stays: isBlob(oldMode) && isBlob(newMode),
  }))
}

function isBlob(mode: string): boolean {
  return mode !== '000000' && mode !== '160000'
}

/** By path, not by object: git compares the same content again under each name. */
function comparedBytes(sizes: readonly Sides[]): number {
  return sizes.reduce((sum, { stays, before, after }) => (stays ? sum : sum + before + after), 0)
}

export function fileTooLarge(path: string, size: number): Failure {
  return {
    code: 'file_too_large',
    message: `'${path}' has ${size} bytes; a file in a patch may have ${BOUNDS.fileInPatch}.`,
    rule: 'patch.file-size',
    remedy: 'Leave this file out of the change, or have it ignored by the repository if a tool makes it.',
    details: { path, size, limit: BOUNDS.fileInPatch },
  }
}

function tooManyFiles(count: number): Failure {
  return {
    code: 'patch_too_large',
    message: `The change touches ${count} files; a patch may touch ${BOUNDS.filesInPatch}.`,
    rule: 'patch.files',
    remedy: 'Narrow the scope, or have the repository ignore the directory that a tool fills.',
    details: { files: count, limit: BOUNDS.filesInPatch },
  }
}

function patchTooLarge(): Failure {
  return {
    code: 'patch_too_large',
    message: `The patch has more than ${BOUNDS.patch} bytes.`,
    rule: 'patch.size',
    remedy: 'Narrow the scope, or split the task.',
    details: { limit: BOUNDS.patch },
  }
}
