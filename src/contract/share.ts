import { z } from 'zod'
import { pageOf } from './api.ts'
import { PatchSummary } from './patch.ts'
import { Refusal } from './refusal.ts'
import { RiskLevel, TaskState } from './task.ts'

const HOURS_OF_A_WEEK = 7 * 24

export const ShareRequest = z
  .strictObject({
    hours: z.int().min(1).max(HOURS_OF_A_WEEK).default(HOURS_OF_A_WEEK).describe('Until the link dies'),
  })
  .meta({ id: 'ShareRequest' })
export type ShareRequest = z.infer<typeof ShareRequest>

export const ShareLink = z
  .strictObject({
    id: z.string(),
    createdBy: z.string().describe('The id of who made it'),
    createdAt: z.string(),
    expiresAt: z.string(),
    opened: z.int().describe('How often'),
    lastOpenedAt: z.string().optional(),
  })
  .meta({ id: 'ShareLink' })
export type ShareLink = z.infer<typeof ShareLink>
export const ShareLinkPage = pageOf(ShareLink, 'ShareLinkPage')

export const NewShareLink = z
  .strictObject({ share: ShareLink, url: z.string().describe('Shown this once; only a hash is kept') })
  .meta({ id: 'NewShareLink' })
export type NewShareLink = z.infer<typeof NewShareLink>

/** What a link shows: one task as a reader outside needs it, without anybody's address and without an id to ask with. */
export const SharedTask = z
  .strictObject({
    number: z.int(),
    project: z.string(),
    intent: z.string(),
    state: TaskState,
    base: z.strictObject({ branch: z.string(), commit: z.string() }),
    agent: z.string(),
    model: z.string(),
    requester: z.string().describe('Their name'),
    createdAt: z.string(),
    updatedAt: z.string(),
    microDollars: z.int().describe('What its attempts cost'),
    attempts: z.int(),
    agentSummary: z.string().optional().describe("The agent's own closing words: untrusted text"),
    refusals: z.array(Refusal),
    files: PatchSummary.shape.files,
    risk: z.strictObject({ level: RiskLevel, reasons: z.array(z.string()) }).optional(),
    gates: z.array(z.strictObject({ name: z.string(), verdict: z.string(), new: z.int(), fixed: z.int() })),
    findings: z.array(
      z.strictObject({ rule: z.string(), path: z.string(), line: z.int(), justified: z.boolean() }),
    ),
    publication: z
      .strictObject({ branch: z.string(), commit: z.string(), pushed: z.boolean(), approver: z.string() })
      .optional(),
    diff: z.string().optional().describe('The patch under review; left out above 2 MB'),
    expiresAt: z.string().describe('When this link dies'),
  })
  .meta({ id: 'SharedTask' })
export type SharedTask = z.infer<typeof SharedTask>
