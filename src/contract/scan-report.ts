import { z } from 'zod'

export const ScanSeverity = z.enum(['low', 'medium', 'high', 'critical']).meta({ id: 'ScanSeverity' })
export type ScanSeverity = z.infer<typeof ScanSeverity>

/** One station of the way a value takes from where it comes in to where it does harm. */
export const FlowStep = z
  .strictObject({ line: z.int(), column: z.int(), what: z.string() })
  .meta({ id: 'FlowStep' })

export type FlowStep = z.infer<typeof FlowStep>

/** Something in the code that somebody could use. Lines and columns count from 1, columns in UTF-16 units. */
export const ScanFinding = z
  .strictObject({
    fingerprint: z
      .string()
      .describe('Digest over rule, file, symbol and normalised line: moved code keeps it'),
    tool: z.string().describe('`airlock`, or the scanner whose report was brought in'),
    rule: z.string(),
    class: z.string(),
    cwe: z.int().optional(),
    severity: ScanSeverity,
    path: z.string(),
    line: z.int(),
    column: z.int(),
    endLine: z.int(),
    endColumn: z.int(),
    symbol: z.string().optional().describe('Enclosing function'),
    message: z.string(),
    fix: z.string(),
    snippet: z.string(),
    flow: z.array(FlowStep),
    suppressed: z.string().optional().describe('The reason a comment in the code gives for leaving it'),
  })
  .meta({ id: 'ScanFinding' })

export type ScanFinding = z.infer<typeof ScanFinding>
