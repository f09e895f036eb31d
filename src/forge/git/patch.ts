import { BOUNDS } from '#contract/bounds.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { BuiltPatch } from '../repository.ts'
import { DIFF_CONFIG, DIFF_OPTIONS, fileChanges, RENAMES } from './changes.ts'
import { objectSizes } from './object-sizes.ts'
import { runGit } from './run-git.ts'

/** The one text of the change from `base` to `tree`, and the files it touches; bounded before it is made. */
export async function buildPatch(
  gitDirectory: string,
  base: string,
  tree: string,
): Promise<Result<BuiltPatch>> {
  const changes = await fileChanges(gitDirectory, base, tree)
  if (changes.length > BOUNDS.filesInPatch) return refused(tooManyFiles(changes.length))

  const blobs = changes.filter(({ raw }) => raw.newMode !== '000000' && raw.newMode !== '160000')
  const sizes = await objectSizes(
    gitDirectory,
    blobs.map(({ raw }) => raw.newObject),
  )
  const large = blobs.find(({ raw }) => (sizes.get(raw.newObject) ?? 0) > BOUNDS.fileInPatch)
  if (large !== undefined) return refused(fileTooLarge(large.raw.path, sizes.get(large.raw.newObject) ?? 0))

  const args = ['diff', '--binary', ...DIFF_OPTIONS, ...RENAMES, base, tree, '--']
  const outcome = await runGit({ gitDirectory, args, config: DIFF_CONFIG, maxOutput: BOUNDS.patch })
  if (outcome.ended === 'output_exhausted') return refused(patchTooLarge())
  if (outcome.exitCode !== 0) throw new Error(`git diff failed: ${outcome.stderr}`)
  return ok({ bytes: outcome.stdout, files: changes.map(({ file }) => file) })
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
