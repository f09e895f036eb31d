import type { ScanFinding } from '#contract/scan-report.ts'
import type { ScanAnswer } from './scan-answer.ts'

/** The findings of an answer, in the file that the host asked about. */
export function foundIn({ findings }: ScanAnswer, path: string): ScanFinding[] {
  return findings.map(({ symbol, cwe, suppressed, ...rest }) => ({
    ...rest,
    path,
    // What the sandbox left out is absent here as well, and not undefined.
    ...(cwe === undefined ? {} : { cwe }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(suppressed === undefined ? {} : { suppressed }),
  }))
}
