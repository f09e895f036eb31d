import type { ScanFinding } from '#contract/scan-report.ts'
import { broughtIn } from '#guards/code-scan/brought-in.ts'
import { decoded } from '#guards/code-scan/decode.ts'
import { scanDecoded } from '#guards/code-scan/scan-decoded.ts'
import { couldNotScan } from '#guards/code-scan/suppression.ts'
import type { Collected } from './scan-items.ts'

export interface Scanned {
  readonly findings: ScanFinding[]
  files: number
  bytes: number
}

/** Looks at each file. Of a change, what could not be looked at is a finding itself: nobody knows what is in it. */
export async function scanFiles(
  files: AsyncIterable<Collected> | Iterable<Collected>,
  onFile: (path: string, done: number) => void,
): Promise<Scanned> {
  const scanned: Scanned = { findings: [], files: 0, bytes: 0 }
  for await (const file of files) {
    scanned.files++
    scanned.bytes += file.bytes.length
    onFile(file.path, scanned.files)
    scanned.findings.push(...findingsOf(file))
  }
  return scanned
}

function findingsOf({ path, bytes, change }: Collected): readonly ScanFinding[] {
  if (change !== undefined) return broughtIn({ path, before: change.before, after: bytes }).findings
  const { findings, incomplete } = scanDecoded(path, decoded(bytes))
  return incomplete === undefined ? findings : [...findings, ...couldNotScan(path, incomplete, 'low')]
}
