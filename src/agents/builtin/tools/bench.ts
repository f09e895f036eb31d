import type { Refusal } from '#contract/refusal.ts'
import type { AgentReport } from '../../agent.ts'

/** What every tool works with. */
export interface Bench {
  /** Real path of the workspace: no link in it. */
  readonly workspace: string
  /** What speaks against writing a path relative to the workspace; undefined when nothing does. */
  readonly objectionToWriting: (path: string) => Pick<Refusal, 'rule' | 'reason' | 'remedy'> | undefined
  /** Asks a person, where there is one, before a command runs or a file is written; undefined when they do not mind. */
  readonly permit?: (
    kind: 'execute' | 'edit',
    what: string,
  ) => Promise<Pick<Refusal, 'rule' | 'reason'> | undefined>
  readonly report: (report: AgentReport) => void
  /** Tells the host that work goes on although nothing else is said: a long command is not an idle agent. */
  readonly alive: () => void
  /** Aborted when the agent must stop. */
  readonly signal: AbortSignal
}

/** A refusal as the model sees it: final, with a reason and what to do instead. */
export interface RefusedResult {
  readonly refused: true
  readonly rule: string
  readonly reason: string
  readonly remedy?: string
}

/** Tells the host of a refusal and hands it to the model. */
export function refuse(bench: Bench, refusal: Refusal): RefusedResult {
  const short: Refusal = {
    ...refusal,
    what: refusal.what.slice(0, 2_000),
    reason: refusal.reason.slice(0, 2_000),
  }
  bench.report({ kind: 'refusal', refusal: short })
  const { rule, reason, remedy } = short
  return { refused: true, rule, reason, ...(remedy !== undefined && { remedy }) }
}

/** A plain failure: nothing was forbidden, it just did not work. */
export function failed(error: string): { readonly error: string } {
  return { error }
}
