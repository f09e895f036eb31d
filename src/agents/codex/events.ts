import { z } from 'zod'
import type { AgentReader, AgentReport } from '../agent.ts'
import { finished, jsonReader, ran, said, touched, used } from '../json-events.ts'

const Item = z.union([
  z.object({ type: z.literal('agent_message'), text: z.string() }),
  z.object({
    type: z.literal('command_execution'),
    command: z.string(),
    exit_code: z.int().nullish(),
    status: z.string().optional(),
  }),
  z.object({
    type: z.literal('file_change'),
    changes: z.array(z.object({ path: z.string(), kind: z.enum(['add', 'update', 'delete']) })),
    status: z.string().optional(),
  }),
  z.object({ type: z.literal('error'), message: z.string() }),
  z.object({ type: z.literal('mcp_tool_call'), server: z.string(), tool: z.string(), status: z.string() }),
])

/** The events of `codex exec --json`, as far as they are read. */
const Event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('item.completed'), item: Item }),
  z.object({ type: z.literal('turn.completed') }),
  z.object({ type: z.literal('turn.failed'), error: z.object({ message: z.string() }) }),
  z.object({ type: z.literal('error'), message: z.string() }),
])

const CHANGED = { add: 'created', update: 'edited', delete: 'deleted' } as const

/** Reads Codex's events; its last message is its summary once the turn is completed. */
export function codexReader(): AgentReader {
  let lastMessage = ''
  return jsonReader((line) => {
    const event = Event.safeParse(line)
    if (!event.success) return []
    switch (event.data.type) {
      case 'item.completed':
        if (event.data.item.type === 'agent_message') lastMessage = event.data.item.text
        return completed(event.data.item)
      case 'turn.completed':
        return [finished(lastMessage)]
      case 'turn.failed':
        return said(event.data.error.message)
      case 'error':
        return said(event.data.message)
    }
  })
}

function completed(item: z.infer<typeof Item>): AgentReport[] {
  switch (item.type) {
    case 'agent_message':
      return said(item.text)
    case 'command_execution':
      return [ran(unwrapped(item.command), item.exit_code ?? undefined)]
    case 'file_change':
      if (item.status === 'failed') return [used('apply_patch', `${item.changes.length} files`, 'failed')]
      return item.changes.map(({ kind, path }) => touched(CHANGED[kind], path))
    case 'error':
      return said(item.message)
    case 'mcp_tool_call':
      return [used(item.tool, item.server, item.status === 'completed' ? 'done' : 'failed')]
  }
}

/** What the model asked for: Codex tells it as the words of a login shell. */
function unwrapped(command: string): string {
  const [, quoted, plain] = /^\/\S*sh -l?c (?:'([\s\S]*)'|(\S+))$/.exec(command) ?? []
  return quoted?.replaceAll("'\\''", "'") ?? plain ?? command
}
