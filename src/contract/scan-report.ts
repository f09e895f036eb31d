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

/** A finding of a task's patch, and what a person said who lets it stand. */
export const ReportedFinding = ScanFinding.extend({
  justified: z
    .strictObject({
      reason: z.string(),
      by: z.string().describe('Name of the person'),
      at: z.string(),
      patch: z
        .string()
        .optional()
        .describe(
          'Digest of the larger patch of which it was said: the file and the finding are the same in this one',
        ),
    })
    .optional(),
}).meta({ id: 'ReportedFinding' })

export type ReportedFinding = z.infer<typeof ReportedFinding>

/** What the scan says of a patch: only what the patch brings in. Part of the gate report, and signed with it. */
export const ScanReport = z
  .strictObject({
    files: z.int().describe('Files of the patch that were looked at'),
    findings: z
      .array(ReportedFinding)
      .describe('New, and of medium weight or more; each blocks approval until it is mended or justified'),
    minor: z.int().describe('New findings of low weight'),
    preExisting: z.int().describe('Findings in the files of the patch that stood before it'),
    unread: z
      .array(z.string())
      .optional()
      .describe('Files that are no programs, and too large to be looked into: for the eyes of the reviewer'),
  })
  .meta({ id: 'ScanReport' })

export type ScanReport = z.infer<typeof ScanReport>

/** The rule of the one finding that stands for those that are not listed; nobody can justify what they are not shown. */
export const TOO_MANY_FINDINGS = 'airlock.too-many-findings'

/**
 * What still blocks. A comment that asks to leave a finding alone does not count here: the agent may have written it.
 */
export function openFindings(report: { readonly scan?: ScanReport | undefined }): readonly ReportedFinding[] {
  return report.scan?.findings.filter(({ justified }) => justified === undefined) ?? []
}

/** What a person sends to let a finding stand. */
export const JustificationRequest = z
  .strictObject({
    finding: z.string().min(8).max(200).describe('Its fingerprint, or the beginning of it'),
    patchDigest: z.string().max(100).describe('Of the patch on their screen: any other patch refuses'),
    reason: z.string().trim().min(1).max(1_000),
  })
  .meta({ id: 'JustificationRequest' })

export type JustificationRequest = z.infer<typeof JustificationRequest>
