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

/** A rule by what shows it: texts that it sees, and texts that only resemble them. */
export interface SignalExamples {
  readonly rule: Signal['rule']
  readonly holds: readonly string[]
  readonly lacks: readonly string[]
}

export type Who = 'user' | 'repository' | 'data' | 'tool'

/** Texts from the web and from strangers' issues are data alike; in what a tool returns an order is stranger still. */
export function whoWrote(provenance: Provenance): Who {
  return provenance === 'web' || provenance === 'issue' ? 'data' : provenance
}
