import { type Finding, finding } from './finding.ts'
import type { PlainOutput } from './plain-output.ts'

const COMPLAINT =
  /error|fail|exception|panic|fatal|assert|undefined|not found|cannot|can't|could not|unable|missing|invalid|refused|denied|traceback|segmentation|unexpected|no such|not ok|✖|✗|×/i
const KEPT_LINES = 2_000

/**
 * The last resort for a red gate nobody can parse: its lines as findings, those that complain when some do, else all with a letter in them.
 */
export function complaintLines(output: PlainOutput): Finding[] {
  const spoken = output.lines.filter((line) => /\p{Letter}/u.test(line))
  const complaints = spoken.filter((line) => COMPLAINT.test(line))
  return (complaints.length > 0 ? complaints : spoken)
    .slice(-KEPT_LINES)
    .map((message) => finding({ tool: 'lines', message }))
}
