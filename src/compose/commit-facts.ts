import type { CommitFacts } from '#audit/check.ts'
import { withBorrowedObjects } from '#forge/git/borrowed-repository.ts'
import type { LocalGit } from '#forge/git/local-git.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

/** Everything `verifyBundle` has to know of a commit, recomputed from the repository's objects alone. */
export async function commitFacts(
  git: LocalGit,
  repository: string,
  commit: string,
  approved: Uint8Array,
): Promise<Result<CommitFacts>> {
  const objects = await git.objectsOf(repository)
  if (objects === undefined) return refused(notARepository(repository))
  try {
    return await withBorrowedObjects(objects, (borrowed) => factsIn(borrowed, commit, approved))
  } catch (thrown) {
    const { message, details } = failureOf(thrown)
    return refused({
      code: 'not_found',
      message: `Commit ${commit} or its parent is not in ${repository}.`,
      remedy: 'Fetch the whole branch: a shallow clone does not hold what the commit stands on.',
      details: { cause: message, ...details },
    })
  }
}

async function factsIn(
  repository: TrustedRepository,
  id: string,
  approved: Uint8Array,
): Promise<Result<CommitFacts>> {
  const object = await repository.commitObject(id)
  const parent = await repository.parentOf(id)
  const patch = await repository.patch(await repository.treeOf(parent), await repository.treeOf(id))
  if (!patch.ok) return patch
  const again = await repository.apply(parent, approved, { threeWay: true })
  return ok({
    id,
    object,
    patch: patch.value.bytes,
    ...(again.ok ? { reappliedTree: again.value } : {}),
  })
}

function notARepository(path: string) {
  return {
    code: 'repository_unreadable' as const,
    message: `${path} is not a git repository.`,
    remedy: 'Name the repository that holds the commit with --repo.',
  }
}
