import type { SessionUpdate, ToolCallUpdate } from '@agentclientprotocol/sdk'
import type { AgentReport } from '../agent.ts'
import { Begun, ran, said, touched, used } from '../json-events.ts'
import { commandOf, described, pathsOf } from './permission.ts'

const LONGEST_MESSAGE = 64 * 1024

/** Turns the updates of one session into reports: what an agent says once it has said it, a tool call once it is over. */
export class Updates {
  readonly #calls = new Begun<ToolCallUpdate>()
  readonly #refused = new Begun<true>()
  #saying = ''
  #lastMessage = ''

  /** How many updates came so far. */
  taken = 0

  /** The last thing the agent said. */
  get summary(): string {
    return this.#lastMessage
  }

  take(update: SessionUpdate): readonly AgentReport[] {
    this.taken += 1
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        if (update.content.type === 'text')
          this.#saying = (this.#saying + update.content.text).slice(0, LONGEST_MESSAGE)
        return []
      case 'tool_call':
      case 'tool_call_update':
        return [...this.flush(), ...this.#call(update)]
      default:
        return []
    }
  }

  /** Whatever becomes of this call, it was not carried out. */
  refused(toolCallId: string): void {
    this.#refused.begin(toolCallId, true)
  }

  /** What was said and not told yet. */
  flush(): readonly AgentReport[] {
    const text = this.#saying.trim()
    this.#saying = ''
    if (text !== '') this.#lastMessage = text
    return said(text)
  }

  #call(update: ToolCallUpdate): readonly AgentReport[] {
    const before = this.#calls.end(update.toolCallId)
    const call = { ...before, ...withoutNothing(update) }
    const over = call.status === 'completed' || call.status === 'failed'
    // It is told as a permission and as a refusal already.
    if (over && this.#refused.end(call.toolCallId)) return []
    if (over) return told(call, call.status === 'failed')
    this.#calls.begin(call.toolCallId, call)
    return []
  }
}

/** An update leaves out, or sets to null, what has not changed. */
function withoutNothing(update: ToolCallUpdate): ToolCallUpdate {
  const entries = Object.entries(update).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(entries) as ToolCallUpdate
}

function told(call: ToolCallUpdate, failed: boolean): readonly AgentReport[] {
  const command = call.kind === 'execute' ? commandOf(call) : undefined
  if (command !== undefined) return [ran(command, exitCodeOf(call))]
  const paths = failed ? [] : pathsOf(call).slice(0, 50)
  const action = TOUCHED[call.kind ?? 'other']
  if (action !== undefined && paths.length > 0) return paths.map((path) => touched(action, path))
  return [used(call.kind ?? 'tool', described(call), failed ? 'failed' : 'done')]
}

const TOUCHED: Readonly<Record<string, 'read' | 'edited' | 'deleted'>> = {
  read: 'read',
  edit: 'edited',
  delete: 'deleted',
}

function exitCodeOf({ rawOutput }: ToolCallUpdate): number | undefined {
  if (typeof rawOutput !== 'object' || rawOutput === null) return undefined
  const metadata: unknown = Reflect.get(rawOutput, 'metadata') ?? rawOutput
  if (typeof metadata !== 'object' || metadata === null) return undefined
  const code: unknown = Reflect.get(metadata, 'exit') ?? Reflect.get(metadata, 'exit_code')
  return Number.isInteger(code) ? (code as number) : undefined
}
