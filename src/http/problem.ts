import type { Problem } from '#contract/api.ts'
import { type Failure, failureOf } from '#kernel/failure.ts'
import { FAILURE_STATUS } from './failure-to-status.ts'

/** A refusal as an RFC 9457 response. The status follows from the code unless the protocol has a better word. */
export function problemResponse(failure: Failure, status: number = FAILURE_STATUS[failure.code]): Response {
  return new Response(JSON.stringify(problemOf(failure, status)), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="airlock"' } : {}),
    },
  })
}

/** What was thrown as a refusal; what is inside a bug stays inside. */
export function thrownFailure(thrown: unknown): Failure {
  const failure = failureOf(thrown)
  return failure.code === 'internal'
    ? { code: 'internal', message: failure.message, remedy: "Look at the server's log for the cause." }
    : failure
}

function problemOf(failure: Failure, status: number): Problem {
  return {
    type: `urn:airlock:failure:${failure.code}`,
    title: failure.code.replaceAll('_', ' '),
    status,
    detail: failure.message,
    code: failure.code,
    ...(failure.rule === undefined ? {} : { rule: failure.rule }),
    ...(failure.remedy === undefined ? {} : { remedy: failure.remedy }),
    ...(failure.details === undefined ? {} : { details: { ...failure.details } }),
  }
}
