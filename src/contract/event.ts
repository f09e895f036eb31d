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
  z
    .strictObject({
      kind: z.literal('tool_call'),
      tool: z.string(),
      what: z.string(),
      outcome: z.enum(['done', 'failed', 'refused']).optional(),
    })
    .describe('A tool that is neither a command nor a file, such as a search'),
  z
    .strictObject({
      kind: z.literal('permission'),
      what: z.string(),
      answer: z.enum(['allowed', 'refused']),
      rule: z.string().optional(),
    })
    .describe('The agent asked before it did something, and was answered by policy'),
  z.strictObject({
    kind: z.literal('model_call'),
    provider: z.string(),
    model: z.string(),
    status: z.int(),
    milliseconds: z.number(),
    spend: Spend,
    total: Spend.describe('Of the attempt, this call included'),
    note: z.string().optional().describe("Why the spend is not the provider's own count and the list price"),
    redacted: z.int().min(1).optional().describe('How many secrets were replaced in what was sent'),
  }),
  z
    .strictObject({
      kind: z.literal('budget'),
      of: z.string().describe('Whose: `task`, or a shared budget such as `project shop, this month`'),
      dimension: z.enum(['money', 'tokens', 'requests']),
      used: z.int().min(0),
      limit: z.int().min(0),
    })
    .describe('So much of a budget is used that the agent is told to wrap up; money in micro-dollars'),
  z.strictObject({ kind: z.literal('refusal'), refusal: Refusal }),
  z
    .strictObject({
      kind: z.literal('egress'),
      action: z.enum(['asked', 'allowed', 'revoked']),
      target: z.string().describe('`host:port` by TLS, `http://host:port` in plain HTTP'),
      method: z.string().optional(),
      path: z.string().optional(),
      by: z.string().optional().describe('Whose word it was'),
    })
    .describe('Setup asked for more of the network than it has, or a person decided about it'),
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
