import { z } from 'zod'
import type { AgentReader, AgentReport } from '../agent.ts'
import {
  Begun,
  finished,
  jsonReader,
  notPermitted,
  ran,
  said,
  shortInput,
  type ToolUse,
  toolUse,
  touched,
  used,
} from '../json-events.ts'

/** The events of `--output-format stream-json`, as far as they are read. */
const Event = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('assistant'),
    message: z.object({
      content: z.array(
        z.union([
          z.object({ type: z.literal('text'), text: z.string() }),
          z.object({
            type: z.literal('tool_use'),
            id: z.string(),
            name: z.string(),
            input: z.record(z.string(), z.unknown()),
          }),
          z.object({ type: z.string() }),
        ]),
      ),
    }),
  }),
  z.object({
    type: z.literal('user'),
    message: z.object({
      content: z.array(
        z.object({
          type: z.string(),
          tool_use_id: z.string().optional(),
          content: z.unknown(),
          is_error: z.boolean().optional(),
        }),
      ),
    }),
    tool_use_result: z.unknown(),
  }),
  z.object({
    type: z.literal('result'),
    is_error: z.boolean(),
    result: z.string().optional(),
    subtype: z.string(),
    permission_denials: z.array(z.object({ tool_name: z.string(), tool_input: z.unknown() })).optional(),
  }),
])
type Of<Type extends string> = Extract<z.infer<typeof Event>, { type: Type }>

const PATHS = ['file_path', 'notebook_path']

/** Reads Claude Code's events; a tool is told once its result is there, so that a command has its exit code. */
export function claudeCodeReader(): AgentReader {
  const tools = new Begun<ToolUse>()
  return jsonReader((line) => {
    const event = Event.safeParse(line)
    if (!event.success) return []
    switch (event.data.type) {
      case 'assistant':
        return assistant(event.data, tools)
      case 'user':
        return results(event.data, tools)
      case 'result':
        return ending(event.data)
    }
  })
}

function assistant({ message }: Of<'assistant'>, tools: Begun<ToolUse>): AgentReport[] {
  const reports: AgentReport[] = []
  for (const block of message.content) {
    if ('text' in block) reports.push(...said(block.text))
    if ('input' in block) tools.begin(block.id, toolUse(block.name, block.input, PATHS))
  }
  return reports
}

function results({ message, tool_use_result }: Of<'user'>, tools: Begun<ToolUse>): AgentReport[] {
  return message.content.flatMap(({ tool_use_id, content, is_error = false }) => {
    const tool = tool_use_id === undefined ? undefined : tools.end(tool_use_id)
    return tool === undefined ? [] : [told(tool, textOf(content), is_error, tool_use_result)]
  })
}

function told(tool: ToolUse, result: string, failed: boolean, details: unknown): AgentReport {
  const { name, command, path, input } = tool
  if (name === 'Bash' && command !== undefined) return ran(command, failed ? exitCodeIn(result) : 0)
  if (path !== undefined && !failed) {
    if (name === 'Read') return touched('read', path)
    if (name === 'Write') return touched(isCreation(details) ? 'created' : 'edited', path)
    if (name === 'Edit' || name === 'NotebookEdit') return touched('edited', path)
  }
  return used(name, input, failed ? 'failed' : 'done')
}

function ending({ is_error, result = '', subtype, permission_denials = [] }: Of<'result'>): AgentReport[] {
  const denied = permission_denials.map(({ tool_name, tool_input }) =>
    notPermitted(`${tool_name} ${shortInput(tool_input)}`, 'Claude Code did not permit itself this tool.'),
  )
  return [...denied, ...(is_error ? said(result || subtype) : [finished(result)])]
}

function exitCodeIn(result: string): number | undefined {
  const code = /^Exit code (\d{1,3})\b/.exec(result)?.[1]
  return code === undefined ? undefined : Number(code)
}

function isCreation(details: unknown): boolean {
  return z.object({ type: z.literal('create') }).safeParse(details).success
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : (JSON.stringify(content) ?? '')
}
