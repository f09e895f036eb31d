import { z } from 'zod'
import { Diagnostic, GateOutcome } from '#contract/gate-report.ts'

/** What one run of one gate showed. This is what the base cache keeps. */
export const GateRun = z.strictObject({
  outcome: GateOutcome,
  exitCode: z.int(),
  seconds: z.number(),
  cut: z.boolean().describe('Some of the output is lost: nothing can be concluded from what is not there'),
  diagnostics: z.array(Diagnostic),
  lines: z
    .array(Diagnostic)
    .describe('Complaining lines of a red run; they count where the diagnostics explain nothing'),
})
export type GateRun = z.infer<typeof GateRun>
