import { type Result, refused } from '#kernel/result.ts'
import type { Application } from './application.ts'
import { entityTag, isNamed } from './entity-tag.ts'

/** A change of something that can be read before. */
export interface Edit<T> {
  readonly application: Pick<Application, 'exclusively'>
  /** Names what is changed: changes of the same wait for each other. */
  readonly what: string
  /** What the caller saw, where they said it. */
  readonly ifMatch: string | undefined
  /** What is there now, as its own GET answers it. */
  readonly current: () => Promise<Result<unknown>>
  readonly change: () => Promise<Result<T>>
}

/**
 * Makes a change; with `If-Match` only of exactly what the caller saw. Of two who saw the same, one changes it, and the
 * other is told that it is not any more what they saw.
 */
export function edit<T>({ application, what, ifMatch, current, change }: Edit<T>): Promise<Result<T>> {
  if (ifMatch === undefined) return change()
  return application.exclusively(what, async () => {
    const now = await current()
    if (!now.ok) return now
    const tag = entityTag(now.value)
    if (isNamed(ifMatch, tag)) return change()
    return refused({
      code: 'precondition_failed',
      rule: 'request.if-match',
      message: 'It was changed since you looked at it.',
      remedy: 'Look at it again, then make your change with its new ETag.',
      details: { current: tag },
    })
  })
}
