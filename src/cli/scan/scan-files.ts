import type { ScanFinding } from '#contract/scan-report.ts'
import { touches } from '#guards/code-scan/changed-lines.ts'
import { inspectFile } from '#guards/code-scan/inspect.ts'
import type { FileScan } from '#guards/code-scan/scan.ts'
import { sourceKind } from '#guards/code-scan/source-kind.ts'
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
  for await (const { path, bytes, lines } of files) {
    scanned.files++
    scanned.bytes += bytes.length
    onFile(path, scanned.files)
    const text = textOf(bytes)
    const scan: FileScan =
      text === undefined
        ? {
            path,
            findings: [],
            ...(sourceKind(path).kind === 'other' ? {} : { incomplete: 'binary' as const }),
          }
        : inspectFile({ path, text })
    const told =
      lines === undefined ? scan.findings : scan.findings.filter((finding) => touches(finding, lines))
    scanned.findings.push(
      ...told,
      ...(scan.incomplete === undefined
        ? []
        : couldNotScan(path, scan.incomplete, lines === undefined ? 'low' : 'medium')),
    )
  }
  return scanned
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
