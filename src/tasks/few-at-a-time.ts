import type { Failure } from '#kernel/failure.ts'
import { type Result, refused } from '#kernel/result.ts'

/** Lets at most `most` pieces of work go on at once and `mayWait` wait, in the order asked for; refuses what comes besides. */
export function fewAtATime(
  most: number,
  mayWait: number,
  full: Failure,
): <T>(work: () => Promise<Result<T>>) => Promise<Result<T>> {
  const waiting: (() => void)[] = []
  let busy = 0
  return async (work) => {
    if (busy >= most && waiting.length >= mayWait) return refused(full)
    // Whoever ends hands the place over, so that nobody slips in between.
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else busy++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) busy--
      else next()
    }
  }
}
