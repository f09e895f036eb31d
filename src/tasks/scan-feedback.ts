import type { GateReport } from '#contract/gate-report.ts'
import { openFindings, type ReportedFinding } from '#contract/scan-report.ts'

const MOST = 30
const LONGEST_LINE = 500

/** What the agent is told of the scan; empty when nothing blocks. The messages are the rules' own, the places are data. */
export function scanFeedback(report: GateReport): string {
  const open = openFindings(report)
  if (open.length === 0) return ''
  const hidden = open.length - MOST
  return [
    'The security scan found this in your change; it blocks the change. Mend the code. A comment that asks to ignore a finding does not count: only a person can justify one.',
    ...open.slice(0, MOST).map(findingText),
    ...(hidden > 0 ? [`- and ${hidden} more`] : []),
  ].join('\n')
}

function findingText({ path, line, rule, message, fix, flow }: ReportedFinding): string {
  const from = flow[0]
  const way = from === undefined ? '' : ` The value comes from line ${from.line}.`
  const text = `- ${path}:${line} ${rule}: ${message}${way} ${fix}`.replace(/[\s\p{Cc}]+/gu, ' ')
  return text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE)}…`
}
