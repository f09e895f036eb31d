import { ok, type Result } from '#kernel/result.ts'

/** The empty answer of something that was done and has nothing to show. */
export function noContent(done: Result<void>): Result<Response> {
  return done.ok ? ok(new Response(null, { status: 204 })) : done
}
