import { copyFile, lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommitFacts } from '#audit/check.ts'
import { readCommit } from '#audit/git-commit.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { withBorrowedObjects } from './borrowed-repository.ts'
import { type GitOutcome, git, runGit } from './run-git.ts'

/** The root of the working tree around a directory; undefined outside of one. */
export async function rootOf(directory: string): Promise<string | undefined> {
  const outcome = await read(directory, ['rev-parse', '--show-toplevel'])
  return outcome.exitCode === 0 ? lineOf(outcome) : undefined
}

/**
 * True when tracked files differ from the last commit. Looked at through a repository of our own: that one's filters,
 * monitors and submodules are not run, so it may belong to anybody. What cannot be read counts as clean.
 */
export async function isDirty(root: string): Promise<boolean> {
  const [commit, objects, index] = await Promise.all([
    commitId(root, 'HEAD'),
    gitPath(root, 'objects'),
    gitPath(root, 'index'),
  ])
  if (!commit.ok || !(await lstat(index).catch(() => undefined))?.isFile()) return false
  return withBorrowedObjects(objects, async ({ gitDirectory }) => {
    const copy = join(gitDirectory, 'index') // git writes down what it finds out, and not into somebody else's
    await copyFile(index, copy)
    const outcome = await runGit({
      gitDirectory,
      args: [
        'diff',
        '--quiet',
        '--no-ext-diff',
        '--no-textconv',
        '--ignore-submodules=all',
        commit.value,
        '--',
      ],
      config: ['core.bare=false'],
      environment: { GIT_INDEX_FILE: copy, GIT_WORK_TREE: root },
    })
    return outcome.exitCode === 1
  })
}

/** Undefined when no branch is checked out. */
export async function currentBranch(root: string): Promise<string | undefined> {
  const outcome = await read(root, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  return outcome.exitCode === 0 ? lineOf(outcome) : undefined
}

/** The full id of the commit that a revision names: a short id, a branch, a tag, HEAD. */
export async function commitId(repository: string, revision: string): Promise<Result<string>> {
  const outcome = await read(repository, [
    'rev-parse',
    '--verify',
    '--end-of-options',
    `${revision}^{commit}`,
  ])
  if (outcome.exitCode === 0) return ok(lineOf(outcome))
  return refused({
    code: 'not_found',
    message: `There is no commit ${revision} in ${repository}.`,
    remedy: 'Fetch the branch it is on, or name another repository with --repo.',
  })
}

/**
 * Everything `verifyBundle` needs to know of a commit, recomputed from its objects with the options of
 * `TrustedRepository.patch`; the approved patch is applied again in case the base had moved.
 */
export async function commitFacts(
  repository: string,
  id: string,
  approvedPatch: Uint8Array,
): Promise<Result<CommitFacts>> {
  return withBorrowedObjects(await gitPath(repository, 'objects'), async (borrowed) => {
    const { gitDirectory } = borrowed
    const object = await git({ gitDirectory, args: ['cat-file', 'commit', id] })
    const commit = readCommit(id, object)
    if (!commit.ok) return commit
    const [parent, ...others] = commit.value.parents
    if (parent === undefined || others.length > 0)
      return refused(notOneParent(id, commit.value.parents.length))
    const patch = await borrowed.patch(parent, id)
    if (!patch.ok) return patch
    const reapplied = await borrowed.apply(parent, approvedPatch, { threeWay: true })
    return ok({
      id,
      object,
      patch: patch.value.bytes,
      ...(reapplied.ok ? { reappliedTree: reapplied.value } : {}),
    })
  })
}

/** Who commits on this machine, as the git configuration in that home directory says; what it leaves out is undefined. */
export async function configuredIdentity(
  home: string,
): Promise<{ readonly name: string | undefined; readonly email: string | undefined }> {
  return { name: await configured(home, 'user.name'), email: await configured(home, 'user.email') }
}

/** git itself reads both files, the one in the home directory last. */
async function configured(home: string, key: string): Promise<string | undefined> {
  for (const file of ['.gitconfig', '.config/git/config']) {
    const outcome = await runGit({ args: ['config', '--includes', '--file', join(home, file), '--get', key] })
    if (outcome.exitCode === 0 && lineOf(outcome) !== '') return lineOf(outcome)
  }
  return undefined
}

/** The evidence attached to a commit as a git note; undefined when there is none. */
export async function evidenceNote(repository: string, commit: string): Promise<Uint8Array | undefined> {
  const note = await read(repository, ['notes', '--ref=refs/notes/airlock', 'list', commit])
  if (note.exitCode !== 0) return undefined
  const text = await read(repository, ['cat-file', 'blob', lineOf(note)])
  return text.exitCode === 0 ? text.stdout : undefined
}

/** Where git keeps something of a repository, as an absolute path. */
export async function gitPath(repository: string, name: string): Promise<string> {
  return lineOf(await read(repository, ['rev-parse', '--path-format=absolute', '--git-path', name]))
}

/** Only looks; nothing of the repository is run, so it may belong to anybody. */
function read(directory: string, args: readonly string[]): Promise<GitOutcome> {
  return runGit({ args: ['-C', directory, ...args], config: ['safe.directory=*'] })
}

function lineOf(outcome: GitOutcome): string {
  return outcome.stdout.toString('utf8').replace(/\n$/, '')
}

function notOneParent(id: string, count: number) {
  return {
    code: 'verification_failed' as const,
    message: `The commit ${id} has ${count} parents; one that Airlock published has exactly one.`,
    rule: 'commit.one-parent',
    remedy: 'Name the commit that was published, not a merge of it.',
  }
}
