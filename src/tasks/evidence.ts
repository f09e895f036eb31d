import { APPROVAL_ACTION, approvalDigest } from '#audit/approval.ts'
import { bundleOf, encodeBundle } from '#audit/bundle.ts'
import { signCheckpoint } from '#audit/checkpoint.ts'
import { decodeEntry } from '#audit/entry.ts'
import { rootOf } from '#audit/merkle.ts'
import { inclusionProof } from '#audit/proof.ts'
import { changeStatement, sealStatement } from '#audit/statement.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { digestOf } from '#kernel/bytes.ts'
import { instantOf } from '#kernel/instant.ts'
import { attemptByNumber } from '#store/attempts.ts'
import { auditFrontier, auditNodes, entriesAbout, saveCheckpoint } from '#store/audit-log.ts'
import { gateReportOf } from '#store/gate-reports.ts'
import { projectById } from '#store/projects.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import type { StandingApproval } from './standing-approval.ts'
import type { StepContext } from './step.ts'
import type { Workshop } from './workshop.ts'

interface Published extends StandingApproval {
  readonly patch: Uint8Array
  readonly undone: number
  readonly repository: TrustedRepository
}

/** The evidence bundle of a commit, as canonical JSON text: everything `airlock verify` needs, and no server. */
export async function evidenceFor(
  { workshop, task }: StepContext,
  { approval, envelope, parts, patch, undone, repository }: Published,
  commit: string,
): Promise<string> {
  const parent = await repository.parentOf(commit)
  const published = await repository.patch(parent, commit)
  if (!published.ok) throw new Error(published.failure.message)
  const tree = await repository.treeOf(commit)
  return workshop.store.inOrganisation(task.organisation, async (tx) => {
    const about = await recordOf(tx, task, approval)
    const log = await logOf(workshop, tx, task)
    const index = log.entries.findLast(({ bytes }) => isApproval(bytes, approval))?.index
    if (index === undefined) throw new Error('the approval is not in the audit log')
    const statement = changeStatement({
      repository: about.url,
      approval,
      commit,
      published: { parent, tree, patch: digestOf(published.value.bytes) },
      gates: about.gates,
      attempt: { id: about.attempt.id, spend: about.attempt.spend },
      undoneChanges: undone,
      refusals: about.attempt.refusals.length,
      log: { origin: workshop.logOrigin(task.organisation), index },
    })
    const bundle = bundleOf({
      statement: await sealStatement(statement, workshop.signer),
      approval: envelope,
      parts,
      patch,
      gates: about.gates,
      checkpoint: log.checkpoint,
      entries: log.entries,
      key: workshop.signer.key,
    })
    return Buffer.from(encodeBundle(bundle)).toString('utf8')
  })
}

async function recordOf(tx: Tx, task: TaskRow, approval: ApprovalTuple) {
  const gates = await gateReportOf(tx, task.id, approval.patchDigest)
  const attempt = await attemptByNumber(tx, task.id, approval.attempt)
  const project = await projectById(tx, task.project)
  if (gates === undefined || attempt === undefined || project === undefined)
    throw new Error('an approved task has its gates, attempt and project')
  return { gates, attempt, url: project.url }
}

/** The task's entries with their proofs, under a fresh checkpoint of the whole log. */
async function logOf(workshop: Workshop, tx: Tx, task: TaskRow) {
  const checkpoint = await checkpointNow(workshop, tx, task.organisation)
  const entries = await entriesAbout(tx, task.id, checkpoint.size)
  const proven = []
  for (const { index, bytes } of entries)
    proven.push({
      index,
      bytes,
      proof: await inclusionProof(index, checkpoint.size, (nodes) => auditNodes(tx, nodes)),
    })
  return { checkpoint: checkpoint.note, entries: proven }
}

/** Signs the log as it is now, and keeps what was signed: two states of one size never exist. */
export async function checkpointNow(
  workshop: Workshop,
  tx: Tx,
  organisation: string,
): Promise<{ readonly size: number; readonly note: string }> {
  const frontier = await auditFrontier(tx)
  const state = { origin: workshop.logOrigin(organisation), size: frontier.size, root: rootOf(frontier) }
  const note = await signCheckpoint(state, workshop.signer)
  await saveCheckpoint(tx, { size: frontier.size, note, createdAt: instantOf(workshop.clock()) })
  return { size: frontier.size, note }
}

function isApproval(bytes: Uint8Array, approval: ApprovalTuple): boolean {
  const entry = decodeEntry(bytes)
  return (
    entry.ok &&
    entry.value.action === APPROVAL_ACTION &&
    entry.value.data.approval === approvalDigest(approval)
  )
}
