import { z } from 'zod'
import type { AgentReader, AgentReport } from '../agent.ts'
import {
  Begun,
  finished,
  jsonReader,
  ran,
  said,
  type ToolUse,
  toolUse,
  touched,
  used,
} from '../json-events.ts'

/** The events of `--output-format stream-json`, as far as they are read. */
const Event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), role: z.string(), content: z.string() }),
  z.object({
    type: z.literal('tool_use'),
    tool_name: z.string(),
    tool_id: z.string(),
    parameters: z.record(z.string(), z.unknown()),
  }),
  z.object({
    type: z.literal('tool_result'),
    tool_id: z.string(),
    status: z.string(),
    output: z.string().optional(),
  }),
  z.object({ type: z.literal('error'), message: z.string() }),
  z.object({
    type: z.literal('result'),
    status: z.string(),
    error: z.object({ message: z.string() }).optional(),
  }),
])

const PATHS = ['file_path', 'absolute_path']

const LONGEST_MESSAGE = 64 * 1024

/** Reads Gemini CLI's events; what it says comes in pieces, and is told when it turns to something else. */
export function geminiReader(): AgentReader {
  const tools = new Begun<ToolUse>()
  let saying = ''
  let lastMessage = ''
  const spoken = () => {
    if (saying !== '') lastMessage = saying
    saying = ''
    return lastMessage
  }
  return jsonReader((line) => {
    const event = Event.safeParse(line)
    if (!event.success) return []
    if (event.data.type === 'message') {
      if (event.data.role === 'assistant') saying = (saying + event.data.content).slice(0, LONGEST_MESSAGE)
      return []
    }
    const before = said(saying)
    const summary = spoken()
    switch (event.data.type) {
      case 'tool_use':
        tools.begin(event.data.tool_id, toolUse(event.data.tool_name, event.data.parameters, PATHS))
        return before
      case 'tool_result':
        return [...before, ...told(tools.end(event.data.tool_id), event.data.status, event.data.output)]
      case 'error':
        return [...before, ...said(event.data.message)]
      case 'result':
        if (event.data.status === 'success') return [...before, finished(summary)]
        return [...before, ...said(event.data.error?.message ?? event.data.status)]
    }
  })
}

function told(tool: ToolUse | undefined, status: string, output = ''): AgentReport[] {
  if (tool === undefined) return []
  const { name, command, path, input } = tool
  const failed = status !== 'success'
  if (name === 'run_shell_command' && command !== undefined)
    return [ran(command, failed ? undefined : exitCodeIn(output))]
  if (path !== undefined && !failed) {
    if (name === 'read_file') return [touched('read', path)]
    if (name === 'write_file' || name === 'replace') return [touched('edited', path)]
  }
  return [used(name, input, failed ? 'failed' : 'done')]
}

/** It tells the code of a command that printed nothing and failed; of any other one it tells what was printed. */
function exitCodeIn(output: string): number | undefined {
  const code = /^Command exited with code: (\d{1,3})\s*$/.exec(output)?.[1]
  return code === undefined ? undefined : Number(code)
}
