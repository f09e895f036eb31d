import { createHash } from 'node:crypto'
import { APPROVAL_ACTION, approvalDigest, PART_ACTION, sealApproval, sealPart } from '#audit/approval.ts'
import { bundleOf, type EvidenceBundle } from '#audit/bundle.ts'
import type { CommitFacts } from '#audit/check.ts'
import { signCheckpoint } from '#audit/checkpoint.ts'
import { commitMessage } from '#audit/commit-message.ts'
import { type AuditEntry, encodeEntry } from '#audit/entry.ts'
import { append, emptyFrontier, leafHash, rootOf } from '#audit/merkle.ts'
import { nodesOver } from '#audit/node-reader.ts'
import { inclusionProof } from '#audit/proof.ts'
import { generateSigningKey, parseSigningKey, type Signer } from '#audit/signing-key.ts'
import { changeStatement, gateReportDigest, sealStatement } from '#audit/statement.ts'
import { NOTHING_SPENT } from '#contract/budget.ts'
import type { GateReport } from '#contract/gate-report.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { digestOf, utf8 } from '#kernel/bytes.ts'

export const ORIGIN = 'airlock.test/main'

export function signerOf(seed: Uint8Array, name = ORIGIN): Signer {
  const signer = parseSigningKey(
    generateSigningKey(() => seed),
    name,
  )
  if (!signer.ok) throw new Error(signer.failure.message)
  return signer.value
}

export const signer = signerOf(Buffer.alloc(32, 1))
export const stranger = signerOf(Buffer.alloc(32, 2))

export const approver = { id: 'usr_ada', name: 'Ada Lovelace', email: 'ada@example.com' }

const patch = utf8('diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+two\n')

export const gates: GateReport = {
  patch: digestOf(patch),
  gates: [
    {
      name: 'test',
      command: 'npm test',
      base: 'fail',
      result: 'pass',
      verdict: 'pass',
      new: [],
      fixed: [
        {
          tool: 'vitest',
          rule: 'adds',
          file: 'a.test.ts',
          severity: 'error',
          message: 'no',
          fingerprint: 'f1',
        },
      ],
      preExisting: [],
      flaky: [],
      seconds: 1.5,
      baseCached: false,
    },
  ],
  tampering: [],
  verdict: 'pass',
  iteration: 1,
}

export const approval: ApprovalTuple = {
  id: 'apr_1',
  organisation: 'org_1',
  task: 'tsk_1',
  taskNumber: 7,
  attempt: 2,
  base: 'b'.repeat(40),
  tree: 'c'.repeat(40),
  patchDigest: digestOf(patch),
  grantDigest: digestOf('grant'),
  policyVersion: '1',
  gateReportDigest: gateReportDigest(gates),
  approver,
  requester: { id: 'usr_bob', name: 'Bob', email: 'bob@example.com' },
  agent: 'builtin',
  model: 'anthropic/claude',
  message: 'Say two, not one',
  branch: 'airlock/7-say-two',
  push: true,
  approvedAt: '2026-01-31T12:00:00.000Z',
}

/** Everything that can be made different about the evidence before it is signed. */
export interface Situation {
  readonly approval: ApprovalTuple
  /** The approvals on which it rests. */
  readonly parts: readonly ApprovalTuple[]
  readonly gates: GateReport
  readonly patch: Uint8Array
  readonly published: { readonly parent: string; readonly tree: string; readonly patch: Uint8Array }
  readonly author: { readonly name: string; readonly email: string }
  readonly message: string
  readonly reappliedTree?: string
  readonly entry: (entry: AuditEntry) => AuditEntry
  readonly partEntry: (entry: AuditEntry) => AuditEntry
  /** A real commit, where the test has one. */
  readonly commit?: { readonly id: string; readonly object: Uint8Array }
}

export const plain: Situation = {
  approval,
  parts: [],
  gates,
  patch,
  published: { parent: approval.base, tree: approval.tree, patch },
  author: approver,
  message: commitMessage(approval),
  entry: (entry) => entry,
  partEntry: (entry) => entry,
}

/** A bundle and the facts of its commit, as the publisher would make them. */
export async function evidenceOf(
  situation: Situation,
): Promise<{ readonly bundle: EvidenceBundle; readonly facts: CommitFacts }> {
  const { approval, gates, published } = situation
  const object = situation.commit?.object ?? commitObject(situation)
  const id = situation.commit?.id ?? sha1(object)
  const log = logOf(situation)
  const leaves = log.map(leafHash)
  const root = rootOf(leaves.reduce(append, emptyFrontier))
  const statement = changeStatement({
    repository: '/srv/git/sample.git',
    approval,
    commit: id,
    published: { parent: published.parent, tree: published.tree, patch: digestOf(published.patch) },
    gates,
    attempt: { id: 'att_2', spend: NOTHING_SPENT },
    undoneChanges: 1,
    refusals: 5,
    log: { origin: ORIGIN, index: 3 + situation.parts.length },
  })
  const entries = await Promise.all(
    ofTheTask(situation.parts.length).map(async (index) => ({
      index,
      bytes: log[index] ?? Buffer.of(),
      proof: await inclusionProof(index, log.length, nodesOver(leaves)),
    })),
  )
  const bundle = bundleOf({
    statement: await sealStatement(statement, signer),
    approval: await sealApproval(approval, signer),
    parts: await Promise.all(situation.parts.map((part) => sealPart(part, signer))),
    patch: situation.patch,
    gates,
    checkpoint: await signCheckpoint({ origin: ORIGIN, size: log.length, root }, signer),
    entries,
    key: signer.key,
  })
  const { reappliedTree } = situation
  const facts = { id, object, patch: published.patch, ...(reappliedTree && { reappliedTree }) }
  return { bundle, facts }
}

function ofTheTask(parts: number): readonly number[] {
  return [1, ...Array.from({ length: parts }, (_, part) => 2 + part), 3 + parts, 4 + parts]
}

export function entryOf(action: string, changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    version: 1,
    organisation: 'org_1',
    at: '2026-01-31T12:00:00.000Z',
    actor: { kind: 'system', id: 'airlock' },
    action,
    subject: 'tsk_1',
    data: {},
    ...changes,
  }
}

function logOf({ approval, parts, entry, partEntry }: Situation): Uint8Array[] {
  return [
    entryOf('task.submitted', { subject: 'tsk_0' }),
    entryOf('task.submitted'),
    ...parts.map((part) => partEntry(approvalEntry(PART_ACTION, part))),
    entryOf('task.failed', { subject: 'tsk_0' }),
    entry(approvalEntry(APPROVAL_ACTION, approval)),
    entryOf('change.published'),
    entryOf('task.submitted', { subject: 'tsk_2' }),
  ].map(encodeEntry)
}

function approvalEntry(action: string, approval: ApprovalTuple): AuditEntry {
  return entryOf(action, {
    actor: { kind: 'person', id: approval.approver.id },
    subject: approval.task,
    organisation: approval.organisation,
    data: { approval: approvalDigest(approval), patch: approval.patchDigest },
  })
}

function commitObject({ published, author, message }: Situation): Uint8Array {
  const stamp = '1769860800 +0000'
  return utf8(
    `tree ${published.tree}\nparent ${published.parent}\nauthor ${author.name} <${author.email}> ${stamp}\n` +
      `committer Airlock <airlock@localhost> ${stamp}\n\n${message}`,
  )
}

function sha1(object: Uint8Array): string {
  return createHash('sha1').update(`commit ${object.byteLength}\0`).update(object).digest('hex')
}
