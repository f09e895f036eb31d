import { z } from 'zod'
import type { AgentReader, AgentReport } from '../agent.ts'
import { finished, jsonReader, ran, said, shortInput, touched, used } from '../json-events.ts'

const Tool = z.object({
  tool: z.string(),
  state: z.object({
    status: z.string(),
    input: z.record(z.string(), z.unknown()),
    metadata: z.object({ exit: z.int().optional(), exists: z.boolean().optional() }).optional(),
  }),
})

/** The events of `opencode run --format json`, as far as they are read. */
const Event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), part: z.object({ text: z.string() }) }),
  z.object({ type: z.literal('tool_use'), part: Tool }),
  z.object({ type: z.literal('step_finish'), part: z.object({ reason: z.string() }) }),
  z.object({
    type: z.literal('error'),
    error: z.object({ name: z.string(), data: z.object({ message: z.string() }).optional() }),
  }),
])

/** Reads opencode's events; it has no last word, so the step that ends without a tool is taken for it. */
export function opencodeReader(): AgentReader {
  let lastMessage = ''
  return jsonReader((line) => {
    const event = Event.safeParse(line)
    if (!event.success) return []
    switch (event.data.type) {
      case 'text':
        lastMessage = event.data.part.text
        return said(lastMessage)
      case 'tool_use':
        return [told(event.data.part)]
      case 'step_finish':
        return event.data.part.reason === 'stop' ? [finished(lastMessage)] : []
      case 'error':
        return said(event.data.error.data?.message ?? event.data.error.name)
    }
  })
}

function told({ tool, state: { status, input, metadata } }: z.infer<typeof Tool>): AgentReport {
  const done = status === 'completed'
  if (tool === 'bash' && typeof input.command === 'string') return ran(input.command, metadata?.exit)
  if (typeof input.filePath === 'string' && done) {
    if (tool === 'read') return touched('read', input.filePath)
    if (tool === 'write') return touched(metadata?.exists === false ? 'created' : 'edited', input.filePath)
    if (tool === 'edit') return touched('edited', input.filePath)
  }
  return used(tool, shortInput(input), done ? 'done' : 'failed')
}
