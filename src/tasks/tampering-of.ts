import type { TamperFinding } from '#contract/gate-report.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { findTampering } from '#gates/tampering.ts'
import { changedContents, type ExaminedPatch } from './changed-contents.ts'

const MOST_FINDINGS = 500

/** What a patch does to its own exam. */
export async function tamperingOf(
  repository: TrustedRepository,
  patch: ExaminedPatch,
): Promise<TamperFinding[]> {
  const findings: TamperFinding[] = []
  const textOf = (bytes: Uint8Array | undefined) =>
    bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
  for await (const some of changedContents(repository, patch)) {
    findings.push(
      ...findTampering(
        some.map(({ change, before, after }) => ({ change, before: textOf(before), after: textOf(after) })),
      ),
    )
    if (findings.length >= MOST_FINDINGS) break
  }
  return findings.slice(0, MOST_FINDINGS)
}
