/** How sure a finding is: a checksum or a maker's own prefix, a shape in its context, a mere suspicion. */
export type Confidence = 'high' | 'medium' | 'low'

/** A secret in a text. It tells where, never what: no field holds the value. */
export interface SecretFinding {
  readonly rule: `secret.${string}`
  readonly class: string
  readonly reason: string
  /** Offsets of the value alone, in UTF-16 units of the text. */
  readonly start: number
  readonly end: number
  /** Counts from 1. */
  readonly line: number
  readonly confidence: Confidence
  /** What may be shown: a maker's public prefix at most, and the length. */
  readonly preview: string
}

/** What one looker saw, before lines are counted and overlaps are settled. */
export interface Sighting {
  readonly rule: `secret.${string}`
  readonly class: string
  readonly reason: string
  readonly start: number
  readonly end: number
  readonly confidence: Confidence
  /** Characters at the start that are public knowledge, such as `ghp_`. */
  readonly publicPrefix?: number
}

const ORDER: Readonly<Record<Confidence, number>> = { high: 2, medium: 1, low: 0 }

export function atLeast(confidence: Confidence, bound: Confidence): boolean {
  return ORDER[confidence] >= ORDER[bound]
}
