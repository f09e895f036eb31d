import type { AgentReader, AgentReport } from './agent.ts'
import { cleaned, parseLine } from './report.ts'

/** What one line may say at most: an event that lists thousands of files is not a claim, it is a flood. */
const MOST_OF_A_LINE = 100

/** A reader of an agent that prints one JSON event a line. `read` is given any JSON value, and its claims are cleaned. */
export function jsonReader(read: (event: unknown) => readonly AgentReport[]): AgentReader {
  return (line) => {
    const event = parseLine(line)
    return event === undefined ? [] : read(event).slice(0, MOST_OF_A_LINE).map(cleaned)
  }
}

export function said(text: string): AgentReport[] {
  const told = text.trim()
  return told === '' ? [] : [{ kind: 'event', body: { kind: 'message', text: told } }]
}

export function ran(command: string, exitCode?: number): AgentReport {
  const known = exitCode === undefined ? {} : { exitCode }
  return { kind: 'event', body: { kind: 'command', command, ...known, phase: 'run' } }
}

/** Paths of the workspace are told as the patch tells them. */
export function touched(action: 'read' | 'edited' | 'created' | 'deleted', path: string): AgentReport {
  const relative = path.startsWith('/workspace/') ? path.slice('/workspace/'.length) : path
  return { kind: 'event', body: { kind: 'file', action, path: relative } }
}

/** What of a tool call is told once it is over. */
export interface ToolUse {
  readonly name: string
  readonly command: string | undefined
  readonly path: string | undefined
  /** Its whole input, cut. */
  readonly input: string
}

/** Keeps no input as it came: hostile JSON takes twenty times its length once it is parsed, and agents may begin a lot. */
export function toolUse(name: string, input: unknown, paths: readonly string[] = []): ToolUse {
  const texts = (keys: readonly string[]) =>
    keys.map((key) => Object(input)[key] as unknown).find((value) => typeof value === 'string')
  return { name, command: texts(['command']), path: texts(paths), input: shortInput(input) }
}

export function shortInput(input: unknown): string {
  return (JSON.stringify(input) ?? '').slice(0, 300)
}

export function used(tool: string, what: string, outcome: 'done' | 'failed' | 'refused'): AgentReport {
  return { kind: 'event', body: { kind: 'tool_call', tool, what, outcome } }
}

export function finished(summary: string): AgentReport {
  return { kind: 'finished', summary: summary.trim() || 'The agent ended without a summary.' }
}

/** What an agent's own permission system refused it. */
export function notPermitted(what: string, reason: string): AgentReport {
  return { kind: 'refusal', refusal: { rule: 'agent.permission', boundary: 'command', what, reason } }
}

/** Remembers what was begun until it is told how it ended. An agent that ends nothing pushes its oldest ones out. */
export class Begun<Value> {
  readonly #values = new Map<string, Value>()

  begin(id: string, value: Value): void {
    this.#values.set(id, value)
    const [oldest] = this.#values.keys()
    if (this.#values.size > 200 && oldest !== undefined) this.#values.delete(oldest)
  }

  end(id: string): Value | undefined {
    const value = this.#values.get(id)
    this.#values.delete(id)
    return value
  }
}
