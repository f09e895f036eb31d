/** A rule of a person's own, as read from a file. */
export interface CustomRule {
  readonly name: `custom.${string}`
  readonly verdict: 'allow' | 'ask' | 'deny'
  /** Why the rule stands; shown with every finding. */
  readonly why: string
  readonly remedy: string
  /** Patterns for the program's name; one of them must fit. `*` stands for any letters, `?` for one. */
  readonly programs: readonly string[]
  /** Patterns of which each must fit some word after the program. */
  readonly words: readonly string[]
  /** Rules of Airlock whose `ask` an allowing rule answers. A `deny` is never answered. */
  readonly answers: readonly string[]
  readonly match: readonly string[]
  readonly notMatch: readonly string[]
}
