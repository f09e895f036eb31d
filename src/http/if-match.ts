import type { Context } from 'hono'
import { ok, type Result, refused } from '#kernel/result.ts'

/** The version that a request is about, from `If-Match: "3"`; 0 from `If-None-Match: *`; undefined where it says neither. */
export function versionAsked(context: Context): Result<number | undefined> {
  const match = context.req.header('if-match')
  const none = context.req.header('if-none-match')
  if (match === undefined && none === undefined) return ok(undefined)
  if (match === undefined && none === '*') return ok(0)
  const [, digits] = /^"([1-9][0-9]{0,8})"$/.exec(match ?? '') ?? []
  if (digits !== undefined && none === undefined) return ok(Number(digits))
  return refused({
    code: 'invalid_input',
    message: 'If-Match names no version.',
    remedy: 'Give the ETag of the version that you saw, If-None-Match: * for something new, or neither.',
  })
}

/** What `versionAsked` reads back. */
export function etagOf(version: number): string {
  return `"${version}"`
}
