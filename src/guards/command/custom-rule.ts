import type { Verdict } from './verdict.ts'

/** A rule of a person's own, as read from a file. */
export interface CustomRule {
  readonly name: `custom.${string}`
  readonly verdict: Verdict
}
