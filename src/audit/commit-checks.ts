import { digestOf, fromBase64 } from '#kernel/bytes.ts'
import { type Check, type Exhibits, judged, skipped } from './check.ts'
import { commitMessage } from './commit-message.ts'
import { gitIdentity } from './git-commit.ts'
import type { ChangeStatement } from './statement.ts'

/** The commit asked about is the one the statement is about, with that parent and that tree. */
export function checkCommit({ statement, commit }: Exhibits): Check {
  if (!commit.ok) return judged('commit', [commit.failure.message], '')
  if (!statement.ok) return skipped('commit', 'It needs the statement.')
  const { published } = statement.value.predicate
  const { id, tree, parents } = commit.value
  const [subject] = statement.value.subject
  return judged(
    'commit',
    [
      subject.digest.gitCommit !== id &&
        `The evidence is about commit ${subject.digest.gitCommit}, not ${id}.`,
      tree !== published.tree && 'The commit holds another tree than was published.',
      !(parents.length === 1 && parents[0] === published.parent) &&
        'The commit stands on another parent than was published.',
    ],
    `The commit is ${id}.`,
  )
}

/** The bundle's patch is the approved one, and the commit holds what was published. */
export function checkPatch({ bundle, statement, facts }: Exhibits): Check {
  if (!statement.ok) return skipped('patch', 'It needs the statement.')
  const { approved, published } = statement.value.predicate
  const patch = fromBase64(bundle.patch)
  const rebased = hasMoved(statement.value)
  return judged(
    'patch',
    [
      (patch === undefined || digestOf(patch) !== approved.patch) &&
        'The patch in the bundle is not the one that was approved: it was changed afterwards.',
      digestOf(facts.patch) !== published.patch && 'The commit changes something else than was published.',
      !rebased &&
        (published.patch !== approved.patch || published.tree !== approved.tree) &&
        'What was published is not what was approved.',
    ],
    rebased
      ? `The approved patch is ${approved.patch}; what the commit changes is ${published.patch}.`
      : `The commit changes exactly what was approved: ${approved.patch}.`,
  )
}

/**
 * When the base moved, the commit's patch differs from the approved one in context and blob ids. Then the approved patch
 * itself, applied three-way onto the commit's parent, has to give the commit's tree: recomputed, not believed.
 */
export function checkRebase({ statement, facts }: Exhibits): Check {
  if (!statement.ok) return skipped('rebase', 'It needs the statement.')
  const { approved, published } = statement.value.predicate
  if (!hasMoved(statement.value)) return skipped('rebase', 'The base had not moved: nothing was merged.')
  return judged(
    'rebase',
    [
      facts.reappliedTree === undefined &&
        'The base had moved, and the approved patch could not be applied again onto the parent to compare.',
      facts.reappliedTree !== undefined &&
        facts.reappliedTree !== published.tree &&
        'The approved patch, applied onto the parent, does not give what the commit holds.',
    ],
    `Approved on ${approved.base}; applied again onto ${published.parent} it gives exactly this commit.`,
  )
}

/** The author is the approver, and the message with its trailers is the approved one. */
export function checkAuthor({ approval, commit }: Exhibits): Check {
  if (!approval.ok || !commit.ok) return skipped('author', 'It needs the approval and the commit.')
  const approver = gitIdentity(approval.value.approver)
  const author = gitIdentity(commit.value.author)
  return judged(
    'author',
    [
      author !== approver && `The author is ${author}, but ${approver} approved.`,
      commit.value.message !== commitMessage(approval.value) &&
        'The message of the commit or its trailers are not those that were approved.',
    ],
    `The author is the approver, ${approver}, and the message is theirs.`,
  )
}

function hasMoved(statement: ChangeStatement): boolean {
  return statement.predicate.approved.base !== statement.predicate.published.parent
}
