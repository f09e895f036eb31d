import type { Failure } from './failure.ts'

/** An expected outcome: a value, or a refusal the caller must look at. Bugs throw; refusals return. */
export type Result<T> = Ok<T> | Refused

export interface Ok<T> {
  readonly ok: true
  readonly value: T
}

export interface Refused {
  readonly ok: false
  readonly failure: Failure
}

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value }
}

export function refused(failure: Failure): Refused {
  return { ok: false, failure }
}
