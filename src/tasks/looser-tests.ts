import type { TamperFinding } from '#contract/gate-report.ts'
import { type ScanFinding, TOO_MANY_FINDINGS } from '#contract/scan-report.ts'
import { MORE_OF_THESE } from '#gates/tampering.ts'
import { fingerprinted } from '#guards/code-scan/finding.ts'
import { plainFinding } from '#guards/code-scan/suppression.ts'

const LOOSER =
  /^tampering\.(?:test-deleted|test-skipped|test-focused|assertions-removed|assertion-empty|threshold-lowered)$/

/** Tests that are taken away or made to see less: mended or justified, as everything else that weakens a change's checks. */
export function looserTests(tampering: readonly TamperFinding[]): ScanFinding[] {
  return fingerprinted(
    tampering
      .filter(({ rule }) => LOOSER.test(rule))
      .map(({ rule, path, line, message }) => ({
        ...plainFinding(path, line ?? 1, '', {
          rule: message === MORE_OF_THESE ? TOO_MANY_FINDINGS : rule,
          class: 'loosened-test',
          severity: 'medium',
          message,
          fix: 'Leave the tests as strict as they were, and mend what they find.',
        }),
        // Without a line of code the message tells two findings of a file apart.
        snippet: message.slice(0, 160).toWellFormed(),
      })),
  )
}
