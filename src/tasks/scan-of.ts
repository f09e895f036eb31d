import type { TamperFinding } from '#contract/gate-report.ts'
import type { ScanFinding, ScanReport } from '#contract/scan-report.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { changedLines, touches } from '#guards/code-scan/changed-lines.ts'
import { fingerprinted } from '#guards/code-scan/finding.ts'
import { inspectFile } from '#guards/code-scan/inspect.ts'
import { sourceKind } from '#guards/code-scan/source-kind.ts'
import { couldNotScan, plainFinding } from '#guards/code-scan/suppression.ts'
import { type ChangedContent, changedContents, type ExaminedPatch } from './changed-contents.ts'

const MOST_FINDINGS = 200
/** What is longer takes the server too long to follow; nobody writes it by hand. */
const LONGEST_CODE = 2_000_000

/**
 * What a patch brings in that somebody could use: findings in what it wrote, or on whose way it wrote something, that the
 * base did not have. What it does to tests counts as well; a file nobody can look at counts, and is not passed.
 */
export async function scanOf(
  repository: TrustedRepository,
  patch: ExaminedPatch,
  tampering: readonly TamperFinding[],
): Promise<ScanReport> {
  const found: ScanFinding[] = looser(tampering)
  let files = 0
  let minor = 0
  let preExisting = 0
  for await (const some of changedContents(repository, patch))
    for (const file of some) {
      if (file.after === undefined && !file.tooLarge) continue
      const scan = scanOfFile(file)
      files++
      preExisting += scan.preExisting
      minor += scan.fresh.filter(({ severity }) => severity === 'low').length
      found.push(...scan.fresh.filter(({ severity }) => severity !== 'low'))
      // The server answers others in between.
      await new Promise((resolve) => setImmediate(resolve))
    }
  return { files, findings: bounded(found), minor, preExisting }
}

function scanOfFile({ change, before, after, tooLarge }: ChangedContent) {
  const { path } = change
  const text = textOf(after)
  const isCode = sourceKind(path, text ?? '').kind !== 'other'
  if (tooLarge || text === undefined || (isCode && text.length > LONGEST_CODE))
    return { fresh: isCode ? couldNotScan(path, tooLarge ? 'too_large' : 'binary') : [], preExisting: 0 }
  const scan = inspectFile({ path, text })
  const old = textOf(before)
  const lines = changedLines(old, text)
  const known = new Set(
    old === undefined ? [] : inspectFile({ path, text: old }).findings.map(({ fingerprint }) => fingerprint),
  )
  const touched = scan.findings.filter((finding) => touches(finding, lines))
  const fresh = touched.filter(({ fingerprint }) => !known.has(fingerprint))
  return {
    fresh: [...fresh, ...(scan.incomplete === undefined ? [] : couldNotScan(path, scan.incomplete))],
    preExisting: touched.length - fresh.length,
  }
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const LOOSER = /^tampering\.(?:test-deleted|test-skipped|test-focused|assertions-removed|threshold-lowered)$/

/** Tests that are taken away or made to see less: mended or justified, as everything else that weakens a change's checks. */
function looser(tampering: readonly TamperFinding[]): ScanFinding[] {
  return fingerprinted(
    tampering
      .filter(({ rule }) => LOOSER.test(rule))
      .map(({ rule, path, line, message }) => ({
        ...plainFinding(path, line ?? 1, '', {
          rule,
          class: 'loosened-test',
          severity: 'medium',
          message,
          fix: 'Leave the tests as strict as they were, and mend what they find.',
        }),
        // Without a line of code the message tells two findings of a file apart.
        snippet: message.slice(0, 160),
      })),
  )
}

/** More than anybody reads is told as one finding more, which nobody can justify by reading it. */
function bounded(findings: readonly ScanFinding[]): ScanFinding[] {
  if (findings.length <= MOST_FINDINGS) return [...findings]
  const more = findings.length - MOST_FINDINGS
  return [
    ...findings.slice(0, MOST_FINDINGS),
    ...fingerprinted([
      plainFinding(findings[MOST_FINDINGS]?.path ?? '', 1, '', {
        rule: 'airlock.too-many-findings',
        class: 'could-not-scan',
        severity: 'high',
        message: `There are ${more} findings more than are listed.`,
        fix: 'Mend those that are listed, or split the change.',
      }),
    ]),
  ]
}
