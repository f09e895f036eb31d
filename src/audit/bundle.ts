import { z } from 'zod'
import { BOUNDS } from '#contract/bounds.ts'
import { GateReport } from '#contract/gate-report.ts'
import { toBase64, utf8 } from '#kernel/bytes.ts'
import { canonicalJson, type Json } from '#kernel/canonical-json.ts'
import { type Result, refused } from '#kernel/result.ts'
import { decodeDocument } from './document.ts'
import { Envelope } from './dsse.ts'
import { MAX_ENTRY_BYTES } from './entry.ts'
import { HASH_SIZE } from './merkle.ts'
import { MAX_PROOF_HASHES } from './proof.ts'
import { MAX_NOTE_CHARACTERS } from './signed-note.ts'
import { type VerifierKey, verifierText } from './signing-key.ts'

/** The largest bundle in bytes, met before it is parsed. */
export const MAX_BUNDLE_BYTES = 128 * 1024 * 1024

// Base64 texts are bounded here and decoded where they are used: a pattern over 40 MB of text is no bound.
const base64Of = (bytes: number) => z.string().max(Math.ceil(bytes / 3) * 4)

/** More people than approve anything. */
const MOST_PARTS = 500

/** One entry of the audit log with the hashes that lead from it to the checkpoint's root (RFC 9162, 2.1.3). */
export const LoggedEntry = z.strictObject({
  index: z.int().min(0),
  entry: base64Of(MAX_ENTRY_BYTES),
  proof: z.array(base64Of(HASH_SIZE)).max(MAX_PROOF_HASHES),
})
export type LoggedEntry = z.infer<typeof LoggedEntry>

/** Everything needed to verify one published commit, in one file, with no server to ask. */
export const EvidenceBundle = z.strictObject({
  version: z.literal(1),
  statement: Envelope,
  approval: Envelope,
  parts: z.exactOptional(
    z.array(Envelope).min(1).max(MOST_PARTS).describe('The approvals on which the last one rests'),
  ),
  patch: base64Of(BOUNDS.patch).describe('The approved patch'),
  gates: GateReport,
  log: z.strictObject({
    checkpoint: z.string().max(MAX_NOTE_CHARACTERS),
    entries: z.array(LoggedEntry).max(10_000).describe("The task's entries, in order"),
  }),
  key: z.string().max(4_096).describe('The verifier key; says who to ask, proves nothing'),
})
export type EvidenceBundle = z.infer<typeof EvidenceBundle>

export interface Evidence {
  readonly statement: Envelope
  readonly approval: Envelope
  readonly parts: readonly Envelope[]
  readonly patch: Uint8Array
  readonly gates: GateReport
  readonly checkpoint: string
  readonly entries: readonly {
    readonly index: number
    readonly bytes: Uint8Array
    readonly proof: readonly Uint8Array[]
  }[]
  readonly key: VerifierKey
}

/** Puts the evidence of one commit into a bundle. Throws when something is above its bound. */
export function bundleOf(evidence: Evidence): EvidenceBundle {
  return EvidenceBundle.parse({
    version: 1,
    statement: evidence.statement,
    approval: evidence.approval,
    ...(evidence.parts.length === 0 ? {} : { parts: evidence.parts }),
    patch: toBase64(evidence.patch),
    gates: evidence.gates,
    log: {
      checkpoint: evidence.checkpoint,
      entries: evidence.entries.map(({ index, bytes, proof }) => ({
        index,
        entry: toBase64(bytes),
        proof: proof.map(toBase64),
      })),
    },
    key: verifierText(evidence.key),
  })
}

/** The bundle's only bytes: canonical JSON (RFC 8785) in UTF-8. */
export function encodeBundle(bundle: EvidenceBundle): Uint8Array {
  return utf8(canonicalJson(bundle as Json))
}

/** Reads a bundle from hostile bytes; refused unless bounded, of the known shape and canonical. */
export function parseBundle(bytes: Uint8Array): Result<EvidenceBundle> {
  if (bytes.byteLength > MAX_BUNDLE_BYTES)
    return refused({
      code: 'verification_failed',
      message: 'The bundle cannot be read: it is above 128 MiB.',
      rule: 'audit.bundle',
    })
  return decodeDocument(bytes, EvidenceBundle, 'bundle')
}
