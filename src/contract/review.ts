import { z } from 'zod'
import { BOUNDS } from './bounds.ts'
import { Person } from './task.ts'

/** What a reviewer sends to approve. The digest is that of the patch on their screen: any other patch refuses. */
export const ApprovalRequest = z
  .strictObject({
    patchDigest: z.string(),
    message: z.string().trim().min(1).max(BOUNDS.commitMessageCharacters),
    branch: z
      .string()
      .max(250)
      .optional()
      .describe('`airlock/<task>-<slug>` unless given; must keep that pattern'),
    push: z.boolean().default(true),
  })
  .meta({ id: 'ApprovalRequest' })
export type ApprovalRequest = z.infer<typeof ApprovalRequest>

export const RejectionRequest = z
  .strictObject({
    comment: z.string().trim().max(BOUNDS.commentCharacters).default(''),
    retry: z
      .boolean()
      .default(false)
      .describe('Start another attempt on top of this patch, with the comment'),
  })
  .meta({ id: 'RejectionRequest' })
export type RejectionRequest = z.infer<typeof RejectionRequest>

/** The signed tuple: exactly what a person agreed to let out. Anything that changes afterwards voids it. */
export const ApprovalTuple = z
  .strictObject({
    id: z.string(),
    organisation: z.string(),
    task: z.string(),
    taskNumber: z.int(),
    attempt: z.int(),
    base: z.string(),
    tree: z.string(),
    patchDigest: z.string(),
    grantDigest: z.string(),
    policyVersion: z.string(),
    gateReportDigest: z.string(),
    approver: Person,
    requester: Person,
    agent: z.string(),
    model: z.string(),
    message: z.string(),
    branch: z.string(),
    push: z.boolean(),
    approvedAt: z.string(),
  })
  .meta({ id: 'ApprovalTuple' })
export type ApprovalTuple = z.infer<typeof ApprovalTuple>
