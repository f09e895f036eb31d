import type { Conversation, Turn } from '../script.ts'

/** Tokens of one call. `input` holds the cached ones too, whatever a protocol makes of that. */
export interface Usage {
  readonly input: number
  readonly cached: number
  readonly output: number
}

export interface Answer {
  /** Distinguishes the answers of one server, for message and call ids. */
  readonly id: string
  readonly model: string
  readonly turn: Turn
  readonly usage: Usage
}

/** One wire protocol: reads a request body, writes an answer whole or as server-sent events. */
export interface Voice {
  readonly path: string | RegExp
  /** Where the path tells whether to stream; else the body does. */
  streams?(path: string): boolean
  conversation(body: Record<string, unknown>, path: string): Conversation
  whole(answer: Answer): unknown
  /** Event name (absent where the protocol names none) and data, in order. */
  events(answer: Answer): Iterable<readonly [event: string | undefined, data: unknown]>
  refusal(status: number, message: string): unknown
}

export function callId(answer: Answer, index: number): string {
  return `call_${answer.id}_${index}`
}

/** Streams come in pieces: a client that needs a whole word at once is a broken client. */
export function pieces(text: string): string[] {
  return text.match(/[\s\S]{1,24}/g) ?? []
}

export function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}
