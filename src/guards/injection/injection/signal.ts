/** Where a text comes from: the less its writer may give orders, the more an order in it weighs. */
export type Provenance = 'user' | 'repository' | 'web' | 'tool' | 'issue'

export const PROVENANCES: readonly Provenance[] = ['user', 'repository', 'web', 'tool', 'issue']

export type InjectionClass =
  | 'hidden-text'
  | 'override'
  | 'prompt-leak'
  | 'role-change'
  | 'jailbreak'
  | 'secrecy'
  | 'agent-directed'
  | 'role-spoofing'
  | 'tool-imitation'
  | 'exfiltration'
  | 'encoded-payload'

/** One named reason for suspicion, and how much of it: 0 is none, 1 is certainty. */
export interface Signal {
  readonly rule: `injection.${string}`
  readonly class: InjectionClass
  readonly reason: string
  readonly weight: number
  /** Offsets in the text that was judged. */
  readonly start: number
  readonly end: number
}

export type Who = 'user' | 'repository' | 'data'

/** Texts from the web, from tools and from strangers' issues are data alike: nobody there may give orders. */
export function whoWrote(provenance: Provenance): Who {
  return provenance === 'user' || provenance === 'repository' ? provenance : 'data'
}
