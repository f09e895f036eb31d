import type { ReportedFinding, ScanReport } from '#contract/scan-report.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'

/**
 * What the scan found in a patch: what blocks first, with the name to justify it by, then what a person let stand, then what
 * nobody looked into.
 */
export function scanReportLines(scan: ScanReport | undefined, paint: Paint): readonly string[] {
  if (scan === undefined) return []
  const open = scan.findings.filter(({ justified }) => justified === undefined)
  const standing = scan.findings.filter(({ justified }) => justified !== undefined)
  return [
    ...[...open, ...standing].flatMap((finding) => findingLines(finding, paint)),
    ...(scan.unread ?? []).map((path) => paint('dim', `? ${oneLine(path)} is too large to be looked into`)),
  ]
}

function findingLines(
  { fingerprint, path, line, rule, message, justified, suppressed }: ReportedFinding,
  paint: Paint,
): string[] {
  const place = `${oneLine(path)}:${line}`
  const name = paint('dim', fingerprint.replace(/^sha256:/, '').slice(0, 12))
  const said = [
    ...(justified === undefined
      ? []
      : [
          `justified by ${justified.by}${justified.patch === undefined ? '' : ', before a part was dropped'}: ${justified.reason}`,
        ]),
    ...(suppressed === undefined ? [] : [`a comment in the code says: ${suppressed}`]),
  ]
  return [
    `${justified === undefined ? paint('red', '✗') : paint('yellow', '~')} ${place} ${oneLine(message)} ${paint('dim', oneLine(rule))} ${name}`,
    ...said.map((text) => `    ${paint('yellow', oneLine(text))}`),
  ]
}
