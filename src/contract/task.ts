import { z } from 'zod'
import { BOUNDS } from './bounds.ts'
import { Budget, Spend } from './budget.ts'
import { EgressView } from './egress.ts'
import { GateReport } from './gate-report.ts'
import { PatchSummary } from './patch.ts'
import { PreservedWorkspace, PreserveSeconds } from './preserved.ts'
import { FailureShape, Refusal } from './refusal.ts'
import { Scope } from './scope.ts'

/** The life of a task, in order; from `published` on they are ends. */
export const TASK_STATES = [
  'queued',
  'preparing',
  'running',
  'checking',
  'awaiting_review',
  'approved',
  'publishing',
  'published',
  'failed',
  'stopped',
  'rejected',
  'cancelled',
] as const

export const TaskState = z.enum(TASK_STATES).meta({ id: 'TaskState' })
export type TaskState = z.infer<typeof TaskState>

export const END_STATES: readonly TaskState[] = ['published', 'failed', 'stopped', 'rejected', 'cancelled']

export const Person = z
  .strictObject({ id: z.string(), name: z.string(), email: z.string() })
  .meta({ id: 'Person' })
export type Person = z.infer<typeof Person>

/** How the agent's phase ended; a budget or time ending keeps the work for review. */
export const AgentEnding = z
  .enum(['finished', 'budget', 'time', 'idle', 'crashed', 'cancelled', 'canary'])
  .meta({ id: 'AgentEnding' })
export type AgentEnding = z.infer<typeof AgentEnding>

export const Attempt = z
  .strictObject({
    id: z.string(),
    number: z.int(),
    startedAt: z.string(),
    endedAt: z.string().optional(),
    agentEnding: AgentEnding.optional(),
    cause: FailureShape.optional().describe(
      'Why the attempt ended, when it was not the plain way; the first cause wins',
    ),
    spend: Spend,
    agentSummary: z.string().optional().describe("The agent's own closing words: untrusted text"),
    refusals: z.array(Refusal),
  })
  .meta({ id: 'Attempt' })
export type Attempt = z.infer<typeof Attempt>

export const RiskLevel = z.enum(['low', 'medium', 'high', 'critical']).meta({ id: 'Risk' })
export type RiskLevel = z.infer<typeof RiskLevel>

/** How far a patch is on its way out, where more people than one are to approve it. */
export const Approvals = z
  .strictObject({
    needed: z.int(),
    given: z.array(z.strictObject({ approver: Person, at: z.string() })),
    wording: z
      .strictObject({ message: z.string(), branch: z.string(), push: z.boolean() })
      .optional()
      .describe('What they approved besides the patch; another approver need not say it again'),
    missing: z.array(
      z.strictObject({
        rule: z.string(),
        reason: z.string(),
        count: z.int(),
        who: z.string().describe('Whose approvals count, in plain words'),
      }),
    ),
    void: z
      .array(z.strictObject({ approver: Person, at: z.string(), why: z.string() }))
      .describe('Given before, and counted no more'),
  })
  .meta({ id: 'Approvals' })
export type Approvals = z.infer<typeof Approvals>

export const Task = z
  .strictObject({
    id: z.string(),
    number: z.int().describe('Counts up per organisation; the CLI takes it'),
    project: z.string(),
    intent: z.string(),
    state: TaskState,
    base: z.strictObject({ branch: z.string(), commit: z.string() }),
    scope: Scope,
    agent: z.string(),
    model: z.string(),
    budget: Budget,
    requester: Person,
    createdAt: z.string(),
    updatedAt: z.string(),
    erasedAt: z.string().optional().describe('When everything it said and made was erased'),
    attempts: z.array(Attempt),
    patch: PatchSummary.optional(),
    gates: GateReport.optional(),
    risk: z
      .strictObject({ level: RiskLevel, reasons: z.array(z.string()) })
      .optional()
      .describe('Of approving the patch; with a task by itself, not in lists'),
    approvals: Approvals.optional().describe(
      'Under review, where rules ask for several or some stand; with a task by itself, not in lists',
    ),
    egress: EgressView.optional().describe('Beyond the presets; with a task by itself, not in lists'),
    preserved: PreservedWorkspace.optional().describe('With a task by itself, not in lists'),
    cause: FailureShape.optional(),
    publication: z
      .strictObject({
        branch: z.string(),
        commit: z.string(),
        pushed: z.boolean(),
        approver: Person,
        approval: z.string(),
      })
      .optional(),
  })
  .meta({ id: 'Task' })
export type Task = z.infer<typeof Task>

/** What a person sends to ask for a change. */
export const TaskRequest = z
  .strictObject({
    intent: z.string().trim().min(1).max(BOUNDS.intentCharacters),
    project: z.string(),
    baseBranch: z.string().max(250).optional().describe("The project's default branch unless given"),
    scope: Scope.optional().describe("The project file's scope, else the whole repository"),
    agent: z.string().max(100).default('builtin'),
    model: z
      .string()
      .max(200)
      .optional()
      .describe('provider/model; the first configured provider unless given'),
    budget: Budget.partial().default({}),
    preserveSeconds: PreserveSeconds.optional().describe('Not kept at all unless given'),
  })
  .meta({ id: 'TaskRequest' })
export type TaskRequest = z.infer<typeof TaskRequest>
