import type { ApprovalNeed } from './approval-need.ts'

/** How a person confirms what a rule does not simply allow, the weakest first. */
export const CONFIRMATIONS = ['yes', 'code', 'second-factor', 'other-person'] as const
export type Confirmation = (typeof CONFIRMATIONS)[number]

/** One policy of Cedar with what people are told about it. */
export interface Rule {
  /** Unique in its set; refusals and the log name it. */
  readonly name: string
  readonly effect: 'permit' | 'forbid'
  /** A `forbid` that a person may lift by confirming in this way. */
  readonly confirm?: Confirmation
  /** A `forbid` for approving that enough approvals lift. */
  readonly approvals?: ApprovalNeed
  readonly reason: string
  /** The smallest change that would allow it; of a `forbid`. */
  readonly remedy?: string
  readonly text: string
}
