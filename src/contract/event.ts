import { z } from 'zod'
import { Spend } from './budget.ts'
import { FailureShape, Refusal } from './refusal.ts'
import { AgentEnding, TaskState } from './task.ts'

/** One file the agent touched, through a tool. Descriptions only: no source code in the log. */
const FileTouched = z.strictObject({
  kind: z.literal('file'),
  action: z.enum(['read', 'edited', 'created', 'deleted']),
  path: z.string(),
})

/** What happened, by kind. The log holds descriptions, actions and outcomes, not source code. */
export const EventBody = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('state'),
    from: TaskState.optional(),
    to: TaskState,
    cause: FailureShape.optional(),
  }),
  z.strictObject({ kind: z.literal('step'), step: z.string(), note: z.string() }),
  z.strictObject({ kind: z.literal('message'), text: z.string() }),
  z.strictObject({
    kind: z.literal('command'),
    command: z.string(),
    exitCode: z.int().optional(),
    seconds: z.number().optional(),
    phase: z.enum(['prepare', 'run', 'check']),
  }),
  FileTouched,
  z.strictObject({
    kind: z.literal('model_call'),
    provider: z.string(),
    model: z.string(),
    status: z.int(),
    milliseconds: z.number(),
    spend: Spend,
    total: Spend.describe('Of the attempt, this call included'),
    note: z.string().optional().describe("Why the spend is not the provider's own count and the list price"),
  }),
  z.strictObject({ kind: z.literal('refusal'), refusal: Refusal }),
  z.strictObject({ kind: z.literal('agent_ended'), ending: AgentEnding }),
  z.strictObject({
    kind: z.literal('gate'),
    gate: z.string(),
    side: z.enum(['base', 'result']),
    outcome: z.string(),
    diagnostics: z.int(),
    seconds: z.number(),
    cached: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('patch'), patch: z.string(), files: z.int(), undone: z.int() }),
])
export type EventBody = z.infer<typeof EventBody>

export const TaskEvent = z
  .strictObject({
    sequence: z.int().describe('Grows along the task; the SSE id to resume from'),
    task: z.string(),
    attempt: z.int(),
    at: z.string(),
    body: EventBody,
  })
  .meta({ id: 'TaskEvent' })
export type TaskEvent = z.infer<typeof TaskEvent>
