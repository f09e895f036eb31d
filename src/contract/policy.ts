import { z } from 'zod'
import { RoleName } from './api.ts'

/** With what a request says that it was confirmed: `yes`, `code` and the code of the refusal, or `totp` and six digits. */
export const CONFIRMATION_HEADER = 'airlock-confirmation'

const Effect = z.enum(['allow', 'confirm', 'deny'])

export const PolicyName = z
  .string()
  .max(60)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'small letters, digits and dashes')

/** A policy as somebody wrote it: what is forbidden, and examples of what it does. */
const Written = {
  name: PolicyName,
  text: z
    .string()
    .max(256 * 1024)
    .describe('Cedar; see docs/policies.md'),
  examples: z
    .string()
    .max(256 * 1024)
    .describe('YAML: what it allows, asks to confirm and refuses'),
}

export const PolicyDraft = z.strictObject(Written).meta({ id: 'PolicyDraft' })
export type PolicyDraft = z.infer<typeof PolicyDraft>

/** What lifts a rule: so many different people approved exactly this patch. */
const ApprovalNeed = {
  count: z.int(),
  by: z.string().optional().describe('A role, or `code-owners`; anybody who may approve unless given'),
  withinSeconds: z.int().describe('An older approval counts no more'),
}

export const PolicyView = z
  .strictObject({
    ...Written,
    rules: z.array(
      z.strictObject({
        name: z.string(),
        reason: z.string(),
        confirm: z.string().optional(),
        approvals: z.strictObject(ApprovalNeed).optional(),
      }),
    ),
    problem: z
      .string()
      .optional()
      .describe('Why it cannot be read any more; nothing but changing policies is allowed until it can'),
    setBy: z.string().describe('Id of a person'),
    setAt: z.string(),
  })
  .meta({ id: 'Policy' })
export type PolicyView = z.infer<typeof PolicyView>

const Sequence = z
  .int()
  .min(0)
  .describe('The number of the last change: what a change is made in knowledge of')

export const PolicyList = z
  .strictObject({ items: z.array(PolicyView), sequence: Sequence, version: z.string() })
  .meta({ id: 'PolicyList' })
export type PolicyList = z.infer<typeof PolicyList>

/** A policy to be set, or, without texts, removed. */
export const PolicyChange = z
  .strictObject({ name: PolicyName, text: Written.text.optional(), examples: Written.examples.optional() })
  .meta({ id: 'PolicyChange' })
export type PolicyChange = z.infer<typeof PolicyChange>

export const PolicyPreview = z
  .strictObject({
    changes: z.array(z.string()).describe('What it newly allows, asks to confirm or refuses, in plain words'),
    questions: z.int().describe('How many questions were put to the old and the new policies'),
    sequence: Sequence,
  })
  .meta({ id: 'PolicyPreview' })
export type PolicyPreview = z.infer<typeof PolicyPreview>

export const PolicySetting = z.strictObject({ ...Written, after: Sequence }).meta({ id: 'PolicySetting' })
export type PolicySetting = z.infer<typeof PolicySetting>

export const PolicyRemoval = z.strictObject({ after: z.coerce.number().int().min(0) })
export type PolicyRemoval = z.infer<typeof PolicyRemoval>

export const ExplainRequest = z
  .strictObject({
    action: z.string().max(100).describe('Such as `review.approve`'),
    task: z.string().max(100).optional().describe('Id or number: the facts of its patch, and its project'),
    project: z.string().max(100).optional().describe('Id or name'),
    environment: z.string().max(100).optional().describe('Of that project'),
    as: RoleName.optional().describe('Somebody of that role instead of whoever asks'),
    facts: z
      .record(
        z.string().max(100),
        z.union([z.string().max(500), z.int(), z.boolean(), z.array(z.string().max(500)).max(500)]),
      )
      .optional()
      .describe('As if these were so, such as `{"hour": 23}`'),
  })
  .meta({ id: 'ExplainRequest' })
export type ExplainRequest = z.infer<typeof ExplainRequest>

export const Explanation = z
  .strictObject({
    action: z.string(),
    effect: Effect,
    confirm: z.string().optional(),
    approvals: z
      .array(z.strictObject({ rule: z.string(), ...ApprovalNeed }))
      .optional()
      .describe('What approvals are asked for before a change goes out'),
    risk: z.string(),
    riskReasons: z.array(z.string()),
    rules: z.array(z.strictObject({ rule: z.string(), effect: Effect, reason: z.string() })),
    smallestChange: z.string().optional(),
    facts: z.record(z.string(), z.unknown()),
    policyVersion: z.string(),
  })
  .meta({ id: 'Explanation' })
export type Explanation = z.infer<typeof Explanation>

export const ReplayRequest = z
  .strictObject({
    days: z.int().min(1).max(365).default(30),
    with: PolicyDraft.optional().describe('Instead of the policy of that name, or beside the others'),
  })
  .meta({ id: 'ReplayRequest' })
export type ReplayRequest = z.infer<typeof ReplayRequest>

export const Replay = z
  .strictObject({
    asked: z.int().describe('How many decisions were asked again'),
    complete: z.boolean().describe('False where there were more than are asked at once: the newest were'),
    changed: z.array(
      z.strictObject({
        at: z.string(),
        action: z.string(),
        place: z.string(),
        was: Effect,
        would: Effect,
        because: z.string(),
      }),
    ),
  })
  .meta({ id: 'Replay' })
export type Replay = z.infer<typeof Replay>
