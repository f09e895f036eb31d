import type { ScanFinding } from '#contract/scan-report.ts'
import { SEVERITIES, type Severity } from './rule.ts'

/** What is said of one file: the worst finding in front, all that count behind. */
export interface ScanVerdict {
  readonly verdict: 'allow' | 'flag'
  readonly class: string | null
  readonly rule: string | null
  readonly reason: string | null
  readonly cwe?: number
  readonly severity?: Severity
  readonly line?: number
  readonly findings: readonly ScanFinding[]
}

/** What a comment gives a reason for does not count. */
export function scanVerdict(findings: readonly ScanFinding[], least: Severity): ScanVerdict {
  const counted = findings
    .filter(({ severity, suppressed }) => suppressed === undefined && atLeast(severity, least))
    .toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.line - b.line)
  const [worst] = counted
  if (worst === undefined) return { verdict: 'allow', class: null, rule: null, reason: null, findings: [] }
  const { class: kind, rule, message, fix, cwe, severity, line } = worst
  return {
    verdict: 'flag',
    class: kind,
    rule,
    reason: `${message} ${fix}`,
    ...(cwe === undefined ? {} : { cwe }),
    severity,
    line,
    findings: counted,
  }
}

export function atLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
}
