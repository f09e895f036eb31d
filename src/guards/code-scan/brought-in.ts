import type { ScanFinding } from '#contract/scan-report.ts'
import { decoded } from './decode.ts'
import { scanDecoded } from './scan-decoded.ts'
import { isTestPath, sourceKind } from './source-kind.ts'
import { StandingFindings } from './standing-findings.ts'
import { couldNotScan } from './suppression.ts'

/** A file on both sides of a change. */
export interface ChangedSource {
  readonly path: string
  /** What it was called before, where that is not the same. */
  readonly previousPath?: string | undefined
  readonly before?: Uint8Array | undefined
  readonly after: Uint8Array
  /** Code of more characters is not followed. */
  readonly longest?: number
}

export interface BroughtIn {
  /** What the change brought in, a file that could not be looked at included. */
  readonly findings: readonly ScanFinding[]
  /** How many findings stood before. */
  readonly standing: number
}

/**
 * What a change brings into one file: findings that the file did not have before, by their code and by the way of the value to it. So
 * a check that is taken away is told of as well as a line that is added, whichever line the finding stands on.
 */
export function broughtIn({ path, previousPath, before, after, longest }: ChangedSource): BroughtIn {
  const now = decoded(after)
  const then = before === undefined ? undefined : decoded(before)
  const scan = scanDecoded(path, now, longest)
  const comparable = then !== undefined && readsAlike(previousPath ?? path, then.text, path, now.text)
  const standing = new StandingFindings(
    comparable ? then.text : '',
    comparable ? scanDecoded(path, then, longest).findings : [],
  )
  const fresh = standing.without(now.text, scan.findings)
  return {
    findings: [...fresh, ...(scan.incomplete === undefined ? [] : couldNotScan(path, scan.incomplete))],
    standing: scan.findings.length - fresh.length,
  }
}

/** A text that becomes a program by its new name, or leaves the tests, is as new as one that nobody has seen. */
function readsAlike(oldPath: string, before: string, path: string, after: string): boolean {
  const [was, is] = [sourceKind(oldPath, before), sourceKind(path, after)]
  return JSON.stringify(was) === JSON.stringify(is) && isTestPath(oldPath) === isTestPath(path)
}
