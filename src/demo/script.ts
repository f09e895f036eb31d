/** What the scripted model says in one turn. */
export interface Turn {
  readonly text?: string
  readonly toolCalls?: readonly { readonly name: string; readonly input: unknown }[]
}

/** What a script may look at: it holds no state of its own, so a retried request gets the same answer. */
export interface Conversation {
  readonly model: string
  /** Assistant turns already in the request: 0 on the first call. */
  readonly turn: number
  /** What the tools answered to the last turn, as text. */
  readonly toolResults: readonly string[]
}

export type Script = (conversation: Conversation) => Turn

/** A script that plays its turns in order and then repeats the last. */
export function turns(first: Turn, ...rest: readonly Turn[]): Script {
  const all = [first, ...rest]
  return ({ turn }) => all[Math.min(turn, all.length - 1)] ?? first
}
