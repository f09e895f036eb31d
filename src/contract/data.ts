import { z } from 'zod'

const Days = z.int().min(1).max(36_500)

/** How long an organisation keeps what was done; the audit log is kept for ever. */
export const Retention = z
  .strictObject({
    taskDays: Days.nullable().describe('After its end a task is erased; null for never'),
    decisionDays: Days.describe('What policies were asked, for replays'),
  })
  .meta({ id: 'Retention' })
export type Retention = z.infer<typeof Retention>

export const TaskErasure = z
  .strictObject({
    evidence: z
      .enum(['keep', 'erase'])
      .default('keep')
      .describe('The signed evidence of a published change, and the approval in it'),
  })
  .meta({ id: 'TaskErasure' })
export type TaskErasure = z.infer<typeof TaskErasure>
