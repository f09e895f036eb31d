import { z } from 'zod'
import { Spend } from '#contract/budget.ts'
import { GateReport } from '#contract/gate-report.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { type Digest, digestOf, utf8 } from '#kernel/bytes.ts'
import { canonicalJson, type Json } from '#kernel/canonical-json.ts'
import type { Result } from '#kernel/result.ts'
import { approvalDigest } from './approval.ts'
import { decodeDocument } from './document.ts'
import { type Envelope, openEnvelope, sealEnvelope } from './dsse.ts'
import type { Signer, VerifierKey } from './signing-key.ts'

export const STATEMENT_TYPE = 'application/vnd.in-toto+json'
export const PREDICATE_TYPE = 'https://airlock.dev/attestation/change/v1'

const GitObject = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
const DigestText = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)])

export const GateSummary = z.strictObject({
  digest: DigestText,
  verdict: GateReport.shape.verdict,
  gates: z.int(),
  new: z.int(),
  fixed: z.int(),
  preExisting: z.int(),
  flaky: z.int(),
  tampering: z.int(),
})
export type GateSummary = z.infer<typeof GateSummary>

/**
 * What one commit rests on. `approved` is what the person agreed to, `published` is what the commit holds. They are the
 * same content, unless the base branch moved in between: then `published.parent` is not `approved.base`, and the commit is
 * the approved patch merged three-way onto that parent. Both sides are always recorded.
 */
export const ChangePredicate = z.strictObject({
  organisation: z.string(),
  task: z.string(),
  taskNumber: z.int(),
  repository: z.string().describe('URL or path without credentials'),
  branch: z.string(),
  approved: z.strictObject({ base: GitObject, tree: GitObject, patch: DigestText }),
  published: z.strictObject({ parent: GitObject, tree: GitObject, patch: DigestText }),
  approval: z.strictObject({
    id: z.string(),
    digest: DigestText,
    approver: z.string(),
    requester: z.string(),
    policyVersion: z.string(),
    approvedAt: z.string(),
  }),
  gates: GateSummary,
  attempt: z.strictObject({
    id: z.string(),
    number: z.int(),
    agent: z.string(),
    model: z.string(),
    grant: z.string(),
    spend: Spend,
  }),
  undoneChanges: z.int(),
  refusals: z.int(),
  log: z.strictObject({
    origin: z.string(),
    index: z.int().min(0).describe("The approval's entry in the audit log"),
  }),
})
export type ChangePredicate = z.infer<typeof ChangePredicate>

/** An in-toto Statement v1 (https://in-toto.io/Statement/v1) about one git commit. */
export const ChangeStatement = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.tuple([z.strictObject({ name: z.string(), digest: z.strictObject({ gitCommit: GitObject }) })]),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: ChangePredicate,
})
export type ChangeStatement = z.infer<typeof ChangeStatement>

export interface ChangeFacts {
  readonly repository: string
  readonly approval: ApprovalTuple
  readonly commit: string
  readonly published: { readonly parent: string; readonly tree: string; readonly patch: Digest }
  readonly gates: GateReport
  readonly attempt: { readonly id: string; readonly spend: Spend }
  readonly undoneChanges: number
  readonly refusals: number
  /** Which log holds the approval's entry, and where. */
  readonly log: { readonly origin: string; readonly index: number }
}

/** The statement for a published commit. Throws when a fact has not the form it must have. */
export function changeStatement(facts: ChangeFacts): ChangeStatement {
  const agreed = agreedIn(facts.approval)
  return ChangeStatement.parse({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: `refs/heads/${facts.approval.branch}`, digest: { gitCommit: facts.commit } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      ...agreed,
      repository: facts.repository,
      published: facts.published,
      gates: summariseGates(facts.gates),
      attempt: { ...agreed.attempt, ...facts.attempt },
      undoneChanges: facts.undoneChanges,
      refusals: facts.refusals,
      log: facts.log,
    },
  })
}

/** What a statement repeats of the approval: everything here must be equal in both. */
export function agreedIn(approval: ApprovalTuple) {
  return {
    organisation: approval.organisation,
    task: approval.task,
    taskNumber: approval.taskNumber,
    branch: approval.branch,
    approved: { base: approval.base, tree: approval.tree, patch: approval.patchDigest },
    approval: {
      id: approval.id,
      digest: approvalDigest(approval),
      approver: approval.approver.id,
      requester: approval.requester.id,
      policyVersion: approval.policyVersion,
      approvedAt: approval.approvedAt,
    },
    attempt: {
      number: approval.attempt,
      agent: approval.agent,
      model: approval.model,
      grant: approval.grantDigest,
    },
  }
}

/** The digest of a gate report's canonical JSON: what `gateReportDigest` of an approval means. */
export function gateReportDigest(report: GateReport): Digest {
  return digestOf(canonicalJson(report as Json))
}

export function summariseGates(report: GateReport): GateSummary {
  const count = (list: 'new' | 'fixed' | 'preExisting' | 'flaky') =>
    report.gates.reduce((sum, gate) => sum + gate[list].length, 0)
  return {
    digest: gateReportDigest(report),
    verdict: report.verdict,
    gates: report.gates.length,
    new: count('new'),
    fixed: count('fixed'),
    preExisting: count('preExisting'),
    flaky: count('flaky'),
    tampering: report.tampering.length,
  }
}

export function sealStatement(statement: ChangeStatement, signer: Signer): Promise<Envelope> {
  return sealEnvelope(STATEMENT_TYPE, utf8(canonicalJson(statement)), signer)
}

/** The statement in an envelope, if `key` signed exactly that. */
export function verifyStatement(envelope: Envelope, key: VerifierKey): Result<ChangeStatement> {
  const payload = openEnvelope(envelope, STATEMENT_TYPE, key)
  return payload.ok ? decodeDocument(payload.value, ChangeStatement, 'statement') : payload
}
