/** What was found of one thing that sandboxes stand on. */
export interface Finding {
  readonly name: string
  /** `weaker`: it works, with less protection or comfort than it could have. */
  readonly status: 'ok' | 'weaker' | 'missing'
  readonly finding: string
  /** The exact command or setting that mends it. */
  readonly remedy?: string
}
