import { z } from 'zod'
import { utf8 } from '#kernel/bytes.ts'
import { canonicalJson, type Json } from '#kernel/canonical-json.ts'
import { instantOf, millisecondsOf } from '#kernel/instant.ts'
import { type Result, refused } from '#kernel/result.ts'
import { decodeDocument } from './document.ts'

/** The largest entry in bytes: a line of the log, not a place for documents. */
export const MAX_ENTRY_BYTES = 64 * 1024

/** Nesting an entry's `data` may have; keeps every recursive reader of it far from its stack's end. */
const MAX_DEPTH = 8

const Name = z.string().min(1).max(200)

const At = z
  .string()
  .max(30)
  .refine((text) => {
    const milliseconds = millisecondsOf(text)
    return Number.isFinite(milliseconds) && instantOf(milliseconds) === text
  }, 'must be an instant such as 2026-01-31T12:00:00.000Z')

export const AuditActor = z.strictObject({ kind: z.enum(['person', 'system', 'agent']), id: Name })
export type AuditActor = z.infer<typeof AuditActor>

/**
 * One line of the audit log: who did what to what, and when. `data` holds ids, digests, codes and counts; never source
 * code, and of a person nothing but the id, so that deleting a person's record never breaks the log.
 */
export const AuditEntry = z.strictObject({
  version: z.literal(1),
  organisation: Name,
  at: At,
  actor: AuditActor,
  action: z
    .string()
    .max(100)
    .regex(/^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/, 'must be dotted text such as task.submitted'),
  subject: Name,
  attempt: z.exactOptional(z.int().min(1)),
  data: z.custom<{ readonly [key: string]: Json }>(isBoundedObject, 'must be an object of plain JSON values'),
})
export type AuditEntry = z.infer<typeof AuditEntry>

/** The only bytes of an entry: canonical JSON (RFC 8785) in UTF-8. Throws for an entry that could not be read back. */
export function encodeEntry(entry: AuditEntry): Uint8Array {
  const bytes = utf8(canonicalJson(AuditEntry.parse(entry)))
  const read = decodeEntry(bytes)
  if (!read.ok) throw new RangeError(read.failure.message)
  return bytes
}

/** Reads an entry back; anything that would not encode to exactly these bytes is refused. */
export function decodeEntry(bytes: Uint8Array): Result<AuditEntry> {
  if (bytes.byteLength > MAX_ENTRY_BYTES)
    return refused({
      code: 'verification_failed',
      message: 'The entry cannot be read: it is above 64 KiB.',
      rule: 'audit.entry',
    })
  return decodeDocument(bytes, AuditEntry, 'entry')
}

function isBoundedObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isBoundedJson(value, 0)
}

function isBoundedJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return false
  return Object.values(value).every((inner) => isBoundedJson(inner, depth + 1))
}
