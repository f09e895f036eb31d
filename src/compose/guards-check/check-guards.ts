import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

export interface GuardsCheck {
  /** Whether a verdict of the guards can be relied upon; refuses from the moment on at which an example does not hold. */
  mayJudge(): Result<void>
  /** Resolves when it is known. */
  done(): Promise<void>
  stop(): Promise<void>
}

const PROGRAM = new URL('worker.ts', import.meta.url)
const Failed = z.array(z.string())

/**
 * Begins to judge the examples of all built-in rules, beside everything else. Guards whose parser or runtime changed under them must not go
 * on saying that all is well: then it is told, and no verdict is given any more. A check that does not come to its end counts as failed.
 */
export function checkGuards(
  onProblem: (message: string, cause: unknown) => void,
  program = PROGRAM,
): GuardsCheck {
  let state: 'under way' | 'holds' | 'stopped' | Failure = 'under way'
  const worker = new Worker(program)
  worker.unref()
  const settle = (failed: readonly string[] | undefined, cause?: unknown) => {
    if (state !== 'under way') return
    state = failed?.length === 0 ? 'holds' : broken(failed)
    if (state !== 'holds') onProblem(`${state.message} No guard gives a verdict any more.`, failed ?? cause)
  }
  const done = new Promise<void>((resolve) => {
    worker.once('message', (message) => settle(Failed.safeParse(message).data))
    worker.once('error', (cause) => settle(undefined, cause))
    worker.once('exit', (code) => {
      settle(undefined, `it ended with ${code}`)
      resolve()
    })
  })
  return {
    mayJudge: () => (typeof state === 'string' ? ok(undefined) : refused(state)),
    done: () => done,
    async stop() {
      if (state === 'under way') state = 'stopped'
      await worker.terminate()
    },
  }
}

function broken(failed: readonly string[] | undefined): Failure {
  return {
    code: 'verification_failed',
    rule: 'guards.examples',
    message:
      failed === undefined
        ? 'The rules of the guards could not be checked.'
        : `The rules of the guards do not do what their examples say: ${failed.slice(0, 3).join('; ')}.`,
    remedy:
      'Install the dependencies that package-lock.json names, and a supported Node; then start the server again.',
    details: { failed: failed?.slice(0, 50) ?? [] },
  }
}
