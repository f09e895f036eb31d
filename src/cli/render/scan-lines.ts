import type { ScanFinding, ScanSeverity } from '#contract/scan-report.ts'
import { CLASS_TITLE, type ScanClass } from '#guards/code-scan/class.ts'
import type { PassedOver } from '../scan/scan-items.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'

const COLOUR = { critical: 'red', high: 'red', medium: 'yellow', low: 'dim' } as const satisfies Record<
  ScanSeverity,
  Parameters<Paint>[0]
>

/** Each finding: where it is and what, the line itself, the way the value came, and how to mend it. */
export function scanLines(findings: readonly ScanFinding[], paint: Paint): string[] {
  return findings.flatMap((finding) => {
    const {
      path,
      line,
      column,
      severity,
      class: kind,
      rule,
      cwe,
      message,
      fix,
      snippet,
      flow,
      suppressed,
    } = finding
    const title = CLASS_TITLE[kind as ScanClass]?.[0] ?? kind
    return [
      `${paint('bold', `${oneLine(path)}:${line}:${column}`)}  ${paint(COLOUR[severity], severity)}  ${title}  ${paint('dim', `${rule}${cwe === undefined ? '' : `, CWE-${cwe}`}`)}`,
      ...(snippet === '' ? [] : [`    ${oneLine(snippet)}`]),
      ...flow
        .slice(0, -1)
        .map((step) => paint('dim', `    ${String(step.line).padStart(5)}  ${oneLine(step.what)}`)),
      `  ${oneLine(message)}`,
      `  ${paint('green', 'Fix:')} ${oneLine(fix)}`,
      ...(suppressed === undefined ? [] : [`  ${paint('yellow', 'Left alone:')} ${oneLine(suppressed)}`]),
      '',
    ]
  })
}

/** One line of how much was looked at and what came of it. */
export function scanSummary(
  counts: {
    readonly files: number
    readonly blocking: number
    readonly known: number
    readonly suppressed: number
    readonly minor: number
  },
  passedOver: PassedOver,
  paint: Paint,
): string {
  const { files, blocking, known, suppressed, minor } = counts
  const verdict =
    blocking === 0
      ? paint('green', 'Nothing that blocks')
      : paint('red', `${blocking} ${blocking === 1 ? 'finding blocks' : 'findings block'}`)
  const aside = [
    [known, 'known before'],
    [suppressed, 'left alone with a reason'],
    [minor, 'of less weight'],
  ] as const
  const skipped = Object.entries(passedOver).filter(([, count]) => count > 0)
  return [
    `${verdict} in ${files} ${files === 1 ? 'file' : 'files'}.`,
    ...aside.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}.`),
    ...(skipped.length === 0
      ? []
      : [
          `Passed over: ${skipped.map(([why, count]) => `${count} ${why.replaceAll('_', ' ')}`).join(', ')}.`,
        ]),
  ].join(' ')
}
