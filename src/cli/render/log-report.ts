import type { LogReport } from '#audit/log-check.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'

/** What the check of a whole log found; the first finding is usually the cause of the others. */
export function logReportText(origin: string, report: LogReport, paint: Paint): string {
  const size = `${count(report.entries, 'entry', 'entries')}, ${count(report.checkpoints, 'checkpoint')}`
  if (report.ok)
    return [
      paint(['bold', 'green'], `VERIFIED: ${oneLine(origin)}`),
      `  ${size}; every entry is in its place and under the signatures.`,
    ].join('\n')
  return [
    paint(['bold', 'red'], `NOT VERIFIED: ${oneLine(origin)}`),
    `  ${size}`,
    ...report.findings.map(
      (finding) =>
        `${paint('red', '✗')} ${oneLine(finding.detail)} ${paint('dim', finding.kind.replaceAll('_', ' '))}`,
    ),
  ].join('\n')
}
