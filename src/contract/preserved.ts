import { z } from 'zod'

/** Nothing is kept for longer, whatever anybody asks for. */
export const LONGEST_PRESERVED_SECONDS = 7 * 24 * 3_600

export const PreserveSeconds = z
  .int()
  .min(1)
  .max(LONGEST_PRESERVED_SECONDS)
  .describe(
    'For how long the workspace is kept for a look around, once the agent or a failed setup has ended',
  )

/** A finished workspace that can still be looked at. */
export const PreservedWorkspace = z
  .strictObject({
    attempt: z.int(),
    phase: z.enum(['prepare', 'run']).describe('Whose it was: that of setup that failed, or of the agent'),
    preservedAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: 'PreservedWorkspace' })
export type PreservedWorkspace = z.infer<typeof PreservedWorkspace>

/** A look around: one command in a check sandbox, over the kept workspace, read-only. */
export const InspectionRequest = z
  .strictObject({ command: z.array(z.string().max(8_000)).min(1).max(200) })
  .meta({ id: 'InspectionRequest' })
export type InspectionRequest = z.infer<typeof InspectionRequest>

/** What the command said. Everything in it is the agent's or its code's: untrusted. */
export const Inspection = z
  .strictObject({
    exitCode: z.int(),
    cause: z.string(),
    seconds: z.number(),
    output: z.string().describe('Standard output and error as they came, what is no UTF-8 replaced'),
    cut: z.boolean().describe('There was more'),
  })
  .meta({ id: 'Inspection' })
export type Inspection = z.infer<typeof Inspection>
