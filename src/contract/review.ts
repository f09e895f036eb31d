import { z } from 'zod'
import { BOUNDS } from './bounds.ts'
import { Person } from './task.ts'

/** What a reviewer sends to approve. The digest is that of the patch on their screen: any other patch refuses. */
export const ApprovalRequest = z
  .strictObject({
    patchDigest: z.string(),
    message: z
      .string()
      .trim()
      .min(1)
      .max(BOUNDS.commitMessageCharacters)
      .optional()
      .describe('That of the approvals that stand, unless given; the first approver gives one'),
    branch: z
      .string()
      .max(250)
      .optional()
      .describe(
        'That of the approvals that stand, else `airlock/<task>-<slug>`, unless given; must keep that pattern',
      ),
    push: z.boolean().optional().describe('As the approvals that stand, else true, unless given'),
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

/** On whose approvals the last one rests, where rules asked for more than one. Signed by it. */
export const Quorum = z
  .strictObject({
    needed: z.int(),
    rules: z.array(
      z.strictObject({
        rule: z.string(),
        needed: z.int(),
        by: z.exactOptional(z.string()).describe('A role, or `code-owners`'),
        owners: z
          .exactOptional(z.array(z.string()))
          .describe('Of some changed paths, as CODEOWNERS names them'),
        withinSeconds: z.int(),
        counted: z.array(z.string()).describe('Ids of the people whose approvals it counted'),
      }),
    ),
    with: z.array(
      z.strictObject({ approval: z.string().describe('Digest of an earlier approval'), approver: Person }),
    ),
  })
  .meta({ id: 'Quorum' })
export type Quorum = z.infer<typeof Quorum>

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
    quorum: z.exactOptional(Quorum),
  })
  .meta({ id: 'ApprovalTuple' })
export type ApprovalTuple = z.infer<typeof ApprovalTuple>
