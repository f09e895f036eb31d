import type { Argument, Assigned, Invocation, Redirection } from './reading.ts'
import type { Span } from './verdict.ts'

/** Where a piece of script stands: what feeds it and what wraps it. */
export interface Standing {
  readonly depth: number
  readonly upstream: readonly Invocation[]
  readonly via: readonly string[]
  readonly background: boolean
  /** Bodies of the functions that enclose it; each invocation is also counted there. */
  readonly functions: readonly Invocation[][]
  /** It stands in a script inside words: nobody but its author sets its variables. */
  readonly worded?: boolean | undefined
  /** True while offsets are offsets into the text that was judged. */
  readonly placed: boolean
}

/** What stands around the words of one command. */
export interface Surroundings {
  readonly redirects: readonly Redirection[]
  readonly input: readonly Argument[]
  readonly environment: readonly Assigned[]
  readonly span: Span | undefined
}

/** Offsets of a node, where they are offsets into the text that was judged. */
export function spanOf(node: { pos: number; end: number }, standing: Standing): Span | undefined {
  return standing.placed ? { start: node.pos, end: node.end } : undefined
}
