import { z } from 'zod'
import { ScanReport } from './scan-report.ts'

/** One thing a tool complained about. The fingerprint leaves out line numbers, so that moved code keeps it. */
export const Diagnostic = z
  .strictObject({
    tool: z.string(),
    rule: z.string().describe('Rule id, error code or test name; empty when the tool gives none'),
    file: z.string().describe('Relative to the repository, empty when unknown'),
    line: z.int().optional(),
    symbol: z.string().optional().describe('Enclosing test, function or suite'),
    severity: z.enum(['error', 'warning']),
    message: z.string(),
    fingerprint: z.string().describe('Digest over tool, rule, file, symbol and normalised message'),
  })
  .meta({ id: 'Diagnostic' })

export type Diagnostic = z.infer<typeof Diagnostic>

export const GateOutcome = z.enum(['pass', 'fail', 'could_not_run', 'timed_out']).meta({ id: 'GateOutcome' })
export type GateOutcome = z.infer<typeof GateOutcome>

export const GateResult = z
  .strictObject({
    name: z.string(),
    command: z.string(),
    base: GateOutcome,
    result: GateOutcome,
    verdict: z
      .enum(['pass', 'regressed', 'could_not_check'])
      .describe('`pass` also when the gate failed before and nothing new was added'),
    new: z.array(Diagnostic),
    fixed: z.array(Diagnostic),
    preExisting: z.array(Diagnostic),
    flaky: z.array(Diagnostic).describe('Seen once and gone on the rerun'),
    seconds: z.number(),
    baseCached: z.boolean(),
  })
  .meta({ id: 'GateResult' })

export type GateResult = z.infer<typeof GateResult>

/** A change to the exam itself: gate configuration, deleted or skipped tests. Raises the risk; the reviewer decides. */
export const TamperFinding = z
  .strictObject({
    rule: z.string(),
    path: z.string(),
    line: z.int().optional(),
    message: z.string(),
  })
  .meta({ id: 'TamperFinding' })

export type TamperFinding = z.infer<typeof TamperFinding>

export const GateReport = z
  .strictObject({
    patch: z.string().describe('Digest of the patch that was examined'),
    gates: z.array(GateResult),
    tampering: z.array(TamperFinding),
    scan: ScanReport.optional().describe('Absent in reports from before there was a scan'),
    verdict: z.enum(['pass', 'regressed', 'could_not_check', 'no_gates']),
    iteration: z.int(),
  })
  .meta({ id: 'GateReport' })

export type GateReport = z.infer<typeof GateReport>
