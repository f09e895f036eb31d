import { Worker } from 'node:worker_threads'
import type { Failure } from '#kernel/failure.ts'
import { type Result, refused } from '#kernel/result.ts'
import type { PolicyFile } from '#policy/policy-file.ts'
import type { Trial } from '#policy/trial.ts'
import { fewAtATime } from '#tasks/few-at-a-time.ts'

const PROGRAM = new URL('worker.ts', import.meta.url)
const LONGEST_MILLISECONDS = 60_000
const LIMITS = { maxOldGenerationSizeMb: 512, stackSizeMb: 4 }

/**
 * Tries policies beside everything else: whatever somebody wrote, the server goes on answering, and what breaks the library's
 * memory breaks that of the thread alone. Refuses what does not come to an end in a minute; nobody takes all the turns.
 */
export function tryInThread(
  before: readonly PolicyFile[],
  after: readonly PolicyFile[],
  whose: string,
  program = PROGRAM,
  milliseconds = LONGEST_MILLISECONDS,
): Promise<Result<Trial>> {
  return inTurn(async () => {
    const files = [before, after].map((all) =>
      all.map(({ name, text, examples }) => ({ name, text, examples })),
    )
    const worker = new Worker(program, {
      workerData: { before: files[0], after: files[1] },
      resourceLimits: LIMITS,
    })
    const { promise, resolve } = Promise.withResolvers<Result<Trial>>()
    const timer = setTimeout(() => resolve(refused(NOT_TRIED)), milliseconds)
    worker.once('message', resolve)
    worker.once('error', () => resolve(refused(NOT_TRIED)))
    worker.once('exit', () => resolve(refused(NOT_TRIED)))
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      await worker.terminate()
    }
  }, whose)
}

const NOT_TRIED: Failure = {
  code: 'invalid_configuration',
  rule: 'policy.trial',
  message: 'These policies could not be tried: it took too long, or too much memory.',
  remedy: 'Write fewer or simpler rules; `airlock policy test FILE` tries one by itself.',
}

/** One at a time: each takes a processor for as long as it lasts. */
const inTurn = fewAtATime(1, 20, {
  code: 'conflict',
  rule: 'policy.trial',
  message: 'Many wait to have policies tried.',
  remedy: 'Try again in a moment.',
})
