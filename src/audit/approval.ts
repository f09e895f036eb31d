import { ApprovalTuple } from '#contract/review.ts'
import { type Digest, digestOf, utf8 } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import type { Result } from '#kernel/result.ts'
import { decodeDocument } from './document.ts'
import { type Envelope, openEnvelope, sealEnvelope } from './dsse.ts'
import type { Signer, VerifierKey } from './signing-key.ts'

export const APPROVAL_TYPE = 'application/vnd.airlock.approval.v1+json'

/**
 * One of several approvals, which lets nothing out by itself. Signed as another type, so that it never passes for one that
 * does.
 */
export const PART_TYPE = 'application/vnd.airlock.approval-part.v1+json'

/** The action of the audit entry that records an approval which waits for others; its `data` is as that of the last. */
export const PART_ACTION = 'change.approval-given'

/** The action of the audit entry that records an approval; its `data` names the approval's and the patch's digest. */
export const APPROVAL_ACTION = 'change.approved'

/** The only bytes of an approval: canonical JSON (RFC 8785) in UTF-8. */
export function encodeApproval(approval: ApprovalTuple): Uint8Array {
  return utf8(canonicalJson(ApprovalTuple.parse(approval)))
}

export function approvalDigest(approval: ApprovalTuple): Digest {
  return digestOf(encodeApproval(approval))
}

/** Signs an approval with the installation's key, on behalf of the approver who was authenticated. */
export function sealApproval(approval: ApprovalTuple, signer: Signer): Promise<Envelope> {
  return sealEnvelope(APPROVAL_TYPE, encodeApproval(approval), signer)
}

/** The approval in an envelope, if `key` signed exactly that. */
export function verifyApproval(envelope: Envelope, key: VerifierKey): Result<ApprovalTuple> {
  const payload = openEnvelope(envelope, APPROVAL_TYPE, key)
  return payload.ok ? decodeDocument(payload.value, ApprovalTuple, 'approval') : payload
}

export function sealPart(approval: ApprovalTuple, signer: Signer): Promise<Envelope> {
  return sealEnvelope(PART_TYPE, encodeApproval(approval), signer)
}

/** The approval that waited for others in an envelope, if `key` signed exactly that. */
export function verifyPart(envelope: Envelope, key: VerifierKey): Result<ApprovalTuple> {
  const payload = openEnvelope(envelope, PART_TYPE, key)
  return payload.ok ? decodeDocument(payload.value, ApprovalTuple, 'approval') : payload
}
