import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commitMessage } from '#audit/commit-message.ts'
import { featureBranch } from '#forge/feature-branch.ts'
import type { Fetched, Remote, TrustedRepository } from '#forge/repository.ts'
import { digestOf } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import { instantOf, millisecondsOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { json } from '#store/column.ts'
import { saveEvidence } from '#store/evidence.ts'
import { patchById, patchBytes } from '#store/patches.ts'
import { endPublication, intendPublication, type PublicationRow, publicationOf } from '#store/publications.ts'
import { connectedProject } from '../connected-project.ts'
import { evidenceFor } from '../evidence.ts'
import { type StandingApproval, standingApproval } from '../standing-approval.ts'
import type { Step, StepContext, StepOutcome } from '../step.ts'

/** approved → publishing. From here on the approval is being used. */
export const beginPublication: Step = async () => ({ command: { name: 'publish' } })

/** What an approval lets out, and where to. */
interface Outgoing extends StandingApproval {
  readonly patch: Uint8Array
  readonly undone: number
  readonly repository: TrustedRepository
  readonly remote: Remote
  readonly neverTo: readonly string[]
}

/**
 * publishing → published: builds the approved commit, writes down that it is about to be pushed, signs the evidence and
 * pushes one feature branch. After a crash the same intention is found again and the same commit is pushed: a branch
 * that is already there with that commit is success, so nothing is ever pushed twice.
 */
export const publish: Step = async (context) => {
  const { workshop, task, tell } = context
  const out = await outgoingOf(context)
  if (!out.ok) return { command: { name: 'publish_refused', failure: out.failure } }
  const outgoing = out.value
  const { approval, repository, remote } = outgoing
  const fetched = await repository.fetch(remote, context.signal)
  if (!fetched.ok) return voided(context, approval.id, fetched.failure)
  const neverTo = [...outgoing.neverTo, task.baseBranch]
  const branch = featureBranch(approval.branch, { defaultBranch: fetched.value.defaultBranch, neverTo })
  if (!branch.ok) return voided(context, approval.id, branch.failure)

  const intended = await intention(context, outgoing, fetched.value)
  if (!intended.ok) return voided(context, approval.id, intended.failure)
  const { commit } = intended.value
  // Before the push: once it is out there is nothing left that could fail and void it.
  const bundle = await evidenceFor(context, outgoing, commit)
  if (approval.push) {
    tell({ kind: 'step', step: 'publish', note: `Pushing ${commit.slice(0, 10)} to ${branch.value}` })
    const pushed = await repository.push(remote, {
      commit,
      branch: branch.value,
      defaultBranch: fetched.value.defaultBranch,
      neverTo,
    })
    if (!pushed.ok) return voided(context, approval.id, pushed.failure)
    await workshop.testingOnlyStall?.('pushed')
  }
  await keepForPeople(context, commit, bundle)
  const publication = {
    branch: approval.branch,
    commit,
    pushed: approval.push,
    approver: approval.approver,
    approval: approval.id,
  }
  return {
    command: { name: 'published', commit, branch: approval.branch, pushed: approval.push },
    columns: { publication: json(publication) },
    also: async (tx) => {
      const at = instantOf(workshop.clock())
      await endPublication(tx, approval.id, 'done', at)
      await saveEvidence(tx, { commit, task: task.id, bundle, createdAt: at })
    },
  }
}

/** A copy beside the database, which has its own: a full disk is no reason to call a pushed commit unpublished. */
async function keepForPeople({ workshop }: StepContext, commit: string, bundle: string): Promise<void> {
  await writeFile(join(workshop.evidenceDirectory, `${commit}.json`), bundle, { mode: 0o600 }).catch(
    (cause: unknown) => workshop.onProblem(`the evidence of ${commit} could not be written to a file`, cause),
  )
}

async function outgoingOf({ workshop, task }: StepContext): Promise<Result<Outgoing>> {
  const { approval, patch, bytes, project } = await workshop.store.inOrganisation(
    task.organisation,
    async (tx) => ({
      approval: await standingApproval(workshop, tx, task),
      patch: task.patch === null ? undefined : await patchById(tx, task.patch),
      bytes: task.patch === null ? undefined : await patchBytes(tx, task.patch),
      project: await connectedProject(tx, task),
    }),
  )
  if (!approval.ok) return approval
  if (!project.ok) return project
  if (patch === undefined || bytes === undefined) throw new Error('a publishing task has a patch')
  return ok({
    ...approval.value,
    patch: bytes,
    undone: patch.undone.length,
    repository: await workshop.repositoryOf(task.project),
    remote: await workshop.remotes.remoteOf(project.value),
    neverTo: [...project.value.protectedBranches, ...(task.projectFile?.branches.protected ?? [])],
  })
}

/** The one commit this approval publishes: as intended before a crash, or built now and written down before any push. */
async function intention(
  { workshop, task }: StepContext,
  outgoing: Outgoing,
  fetched: Fetched,
): Promise<Result<PublicationRow>> {
  const { approval } = outgoing
  const before = await workshop.store.inOrganisation(task.organisation, (tx) =>
    publicationOf(tx, approval.id),
  )
  // Only an approval of this attempt's patch as it is now, and only once.
  const isOfNow = approval.attempt === task.attempt && approval.patchDigest === digestOf(outgoing.patch)
  if (!isOfNow || (before !== undefined && before.state !== 'intended')) return refused(VOID)
  const parent =
    before === undefined
      ? (tipOf(fetched, task.baseBranch) ?? approval.base)
      : await outgoing.repository.parentOf(before.commit)
  // Also after a crash: the same request makes the same commit, so what a row names is made again and not believed.
  const commit = await buildCommit(outgoing, parent)
  if (!commit.ok) return commit
  if (before !== undefined) return before.commit === commit.value ? ok(before) : refused(VOID)
  const row = await workshop.store.inOrganisation(task.organisation, (tx) =>
    intendPublication(tx, {
      approval: approval.id,
      task: task.id,
      branch: approval.branch,
      commit: commit.value,
      push: approval.push,
      createdAt: instantOf(workshop.clock()),
    }),
  )
  return ok(row)
}

/** On the approved base the commit holds exactly the approved tree; on a base that moved, the patch merged three-way. */
async function buildCommit(
  { approval, patch, repository }: Outgoing,
  parent: string,
): Promise<Result<string>> {
  const moved = parent !== approval.base
  const applied = await repository.apply(parent, patch, { threeWay: moved })
  if (!applied.ok) return applied
  if (!moved && applied.value !== approval.tree) return refused(VOID)
  const commit = await repository.commit({
    parent,
    tree: applied.value,
    author: approval.approver,
    at: Math.floor(millisecondsOf(approval.approvedAt) / 1_000),
    message: commitMessage(approval),
  })
  return ok(commit)
}

const VOID: Failure = {
  code: 'approval_void',
  rule: 'approval.exact',
  message: 'What would be published is not what was approved.',
  remedy: 'Review the task again; if nobody touched the database, report this.',
}

function tipOf(fetched: Fetched, branch: string): string | undefined {
  return fetched.tips.find((tip) => tip.branch === branch)?.commit
}

/** Back to review: whoever approved has to look again. */
function voided({ workshop }: StepContext, approval: string, failure: Failure): StepOutcome {
  return {
    command: { name: 'publish_refused', failure },
    also: async (tx) => {
      await endPublication(tx, approval, 'refused', instantOf(workshop.clock()))
    },
  }
}
