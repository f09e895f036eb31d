import type { Failure } from '#kernel/failure.ts'
import { type Result, refused } from '#kernel/result.ts'

/**
 * Lets at most `most` pieces of work go on at once and `mayWait` wait, in the order asked for; refuses what comes besides. Of those places
 * nobody who is named holds more than a quarter, so that one alone keeps nobody out.
 */
export function fewAtATime(
  most: number,
  mayWait: number,
  full: Failure,
): <T>(work: () => Promise<Result<T>>, whose?: string) => Promise<Result<T>> {
  const mostOfOne = Math.ceil((most + mayWait) / 4)
  const held = new Map<string, number>()
  const waiting: (() => void)[] = []
  let busy = 0
  return async (work, whose) => {
    const theirs = whose === undefined ? 0 : (held.get(whose) ?? 0)
    if (theirs >= mostOfOne || (busy >= most && waiting.length >= mayWait)) return refused(full)
    if (whose !== undefined) held.set(whose, theirs + 1)
    // Whoever ends hands the place over, so that nobody slips in between.
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else busy++
    try {
      return await work()
    } finally {
      if (whose !== undefined) letGo(held, whose)
      const next = waiting.shift()
      if (next === undefined) busy--
      else next()
    }
  }
}

function letGo(held: Map<string, number>, whose: string): void {
  const left = (held.get(whose) ?? 1) - 1
  if (left === 0) held.delete(whose)
  else held.set(whose, left)
}
