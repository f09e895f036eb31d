import type { HookVerdict, ToolCall } from './tool-call.ts'

/** What the hook's process says and exits with. */
export interface HookAnswer {
  readonly output: string
  readonly remark: string
  readonly exitCode: number
}

/** The pre-tool hook of one agent: how it is asked, how it answers, and how it is put into the agent's settings. */
export interface AgentHook {
  /** Undefined for an event that is not about a tool; throws for input that is none of this agent's. */
  read(input: unknown): ToolCall | undefined
  answer(verdict: HookVerdict): HookAnswer
  /** Relative to the project, or to the home directory of the user. */
  readonly files: { readonly project: string; readonly user: string }
  /** The file with the hook in it. `existing` is empty where there is none; throws when it cannot be understood. */
  install(existing: string, command: string): string
  /** The file without the hook; undefined when nothing else is in it. */
  uninstall(existing: string): string | undefined
  /** What the person still has to do. */
  readonly afterwards?: string
}

export const SILENCE: HookAnswer = { output: '', remark: '', exitCode: 0 }

/** Exit 2 stops the tool in every one of these agents, and hands them what stands on standard error. */
export function blocked(reason: string): HookAnswer {
  return { output: '', remark: reason, exitCode: 2 }
}

/** For agents that cannot ask: a question to a person becomes a refusal that says who can decide. */
export function refusalOf({ verdict, reason }: HookVerdict): string {
  return verdict === 'ask' ? `A person has to decide this, and may run it by hand. ${reason}` : reason
}

/** The usual input: `tool_name`, `tool_input` and `cwd`. Undefined for another event that names no tool. */
export function readToolCall(input: unknown, event: string): ToolCall | undefined {
  const { hook_event_name: happened, tool_name: tool, tool_input: given, cwd } = record(input)
  if (typeof happened === 'string' && happened !== event && tool === undefined) return undefined
  if (typeof tool !== 'string') throw new Error('the input names no tool')
  return {
    tool,
    input: record(given),
    directory: typeof cwd === 'string' && cwd.startsWith('/') ? cwd : undefined,
  }
}

export function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('not an object')
  return value as Record<string, unknown>
}
