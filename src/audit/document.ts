import type { z } from 'zod'
import { equalBytes, utf8 } from '#kernel/bytes.ts'
import { canonicalJson, type Json, parseCanonicalJson } from '#kernel/canonical-json.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

/** Reads canonical JSON of a known shape; bytes that the value would not encode back to are refused. */
export function decodeDocument<T>(bytes: Uint8Array, shape: z.ZodType<T>, noun: string): Result<T> {
  const value = parseCanonicalJson(Buffer.from(bytes).toString('utf8'))
  if (value === undefined) return unreadable(noun, 'it is not canonical JSON')
  const parsed = shape.safeParse(value)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return unreadable(noun, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'has an unknown shape'}`)
  }
  // Also catches bytes that are not UTF-8 and keys a parser may drop, such as __proto__.
  if (!equalBytes(utf8(canonicalJson(parsed.data as Json)), bytes))
    return unreadable(noun, 'it is not in canonical form')
  return ok(parsed.data)
}

function unreadable(noun: string, why: string): Result<never> {
  return refused({
    code: 'verification_failed',
    message: `The ${noun} cannot be read: ${why}.`,
    rule: `audit.${noun}`,
  })
}
