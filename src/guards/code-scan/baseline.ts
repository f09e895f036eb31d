import { z } from 'zod'
import type { ScanFinding } from '#contract/scan-report.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

const MOST_FINGERPRINTS = 200_000

const Baseline = z.object({
  airlockScanBaseline: z.literal(1),
  findings: z
    .array(
      z.object({ fingerprint: z.string().max(200), rule: z.string().max(200), path: z.string().max(4_000) }),
    )
    .max(MOST_FINGERPRINTS),
})

/** What is known and not held against a change: a file that `--write-baseline` makes and `--baseline` reads. */
export function baselineText(findings: readonly ScanFinding[]): string {
  const told = findings
    .map(({ fingerprint, rule, path }) => ({ fingerprint, rule, path }))
    .sort((a, b) => a.path.localeCompare(b.path) || a.fingerprint.localeCompare(b.fingerprint))
  return `${JSON.stringify({ airlockScanBaseline: 1, findings: told }, null, 1)}\n`
}

export function parseBaseline(text: string, name: string): Result<ReadonlySet<string>> {
  const parsed = Baseline.safeParse(asJson(text))
  if (parsed.success) return ok(new Set(parsed.data.findings.map(({ fingerprint }) => fingerprint)))
  return refused({
    code: 'invalid_input',
    message: `${name} is no baseline of a scan.`,
    remedy: `Write it with airlock scan --baseline ${name} --write-baseline.`,
  })
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
