import { BOUNDS } from '#contract/bounds.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { runGit } from './run-git.ts'

/** No line of the listing is longer: six digits, a blank, and a size of at most thirteen. */
const LONGEST_LINE = 21

/**
 * Refuses a commit whose files are too many or too large to be written. A repository of some kilobytes can name the same
 * tree or blob a million times: whatever reads all of that into memory, or writes it to disk, takes the host down.
 */
export async function checkoutSize(gitDirectory: string, commit: string): Promise<Result<void>> {
  const outcome = await runGit({
    gitDirectory,
    args: ['ls-tree', '-r', '--format=%(objectmode) %(objectsize)', '--full-tree', commit],
    maxOutput: BOUNDS.filesInCheckout * LONGEST_LINE,
  })
  if (outcome.ended === 'output_exhausted') return refused(tooLarge())
  if (outcome.exitCode !== 0) return refused(unreadable(commit, outcome.stderr))
  const lines = outcome.stdout.toString('latin1').split('\n')
  const bytes = lines.reduce((sum, line) => sum + (Number(line.slice(7)) || 0), 0)
  return lines.length > BOUNDS.filesInCheckout || bytes > BOUNDS.checkout
    ? refused(tooLarge())
    : ok(undefined)
}

function tooLarge() {
  const { filesInCheckout: files, checkout: bytes } = BOUNDS
  return {
    code: 'repository_unreadable',
    message: `The repository is larger than a workspace may be: ${files} files, ${bytes} bytes together.`,
    rule: 'checkout.size',
    remedy: 'Take large files out of the repository, or split it.',
    details: { files, bytes },
  } as const
}

function unreadable(commit: string, stderr: string) {
  return {
    code: 'repository_unreadable',
    message: `Commit ${commit} cannot be listed: ${stderr.split('\n')[0] ?? ''}`,
    rule: 'checkout.complete',
    remedy: 'See that the remote holds everything its branches need.',
    details: { stderr },
  } as const
}
