export const PERSONAL_KINDS = [
  'email',
  'phone',
  'card',
  'bank-account',
  'national-id',
  'identity-document',
  'date-of-birth',
  'postal-address',
  'name',
  'network-address',
] as const

export type PersonalKind = (typeof PERSONAL_KINDS)[number]

/** `high`: a check digit or an unmistakable form; `medium`: a form in its context; `low`: it could well be something else. */
export type PersonalConfidence = 'high' | 'medium' | 'low'

/** Personal data in a text, by its place; no field holds the value. */
export interface PersonalFinding {
  readonly rule: `personal.${string}`
  readonly class: PersonalKind
  readonly reason: string
  /** Offsets in UTF-16 units of the text. */
  readonly start: number
  readonly end: number
  /** Counts from 1. */
  readonly line: number
  readonly confidence: PersonalConfidence
}

/** A rule by what shows it: texts that hold such a datum, and texts that only seem to. */
export interface PersonalExamples {
  readonly rule: `personal.${string}`
  readonly class: PersonalKind
  readonly what: string
  readonly holds: readonly string[]
  readonly lacks: readonly string[]
}

/** One form of personal data that an expression finds. */
export interface PersonalRule extends PersonalExamples {
  /** The first group, if there is one, is the datum. */
  readonly pattern: RegExp
  /** What must stand shortly before, or the match does not count. */
  readonly context?: RegExp
  /** What must stand shortly before for the finding to be more than a suspicion. */
  readonly strengthens?: RegExp
  readonly confidence: PersonalConfidence
  readonly check?: (value: string) => boolean
}
