import type { TamperFinding } from '#contract/gate-report.ts'
import type { ChangedFile } from './tampering/changed-file.ts'
import { configurationChanges } from './tampering/configuration.ts'
import { coverageLowered } from './tampering/coverage.ts'
import { deletedTests } from './tampering/deleted-tests.ts'
import { hostileInstructions } from './tampering/hostile-instructions.ts'
import { lockfileChanges } from './tampering/lockfile.ts'
import { loosenedTests } from './tampering/loosened-tests.ts'
import { packageManifestChanges } from './tampering/package-manifest.ts'
import { skippedTests } from './tampering/skipped-tests.ts'
import { suppressions } from './tampering/suppressions.ts'

const RULES: readonly ((file: ChangedFile) => TamperFinding[])[] = [
  configurationChanges,
  hostileInstructions,
  packageManifestChanges,
  lockfileChanges,
  deletedTests,
  skippedTests,
  loosenedTests,
  coverageLowered,
  suppressions,
]

/** Of each rule: a flood of one kind does not hide another. */
const KEPT_FINDINGS = 50

/**
 * What a patch does to its own exam: gate configuration, CI, policies, agents' instructions, lockfiles, deleted, skipped or
 * loosened tests, suppressions. How young a version is no lockfile says, so that is not asked here.
 * Each is a fact for the reviewer, not a verdict: honest changes do these things too.
 */
export function findTampering(files: readonly ChangedFile[]): TamperFinding[] {
  return mostOfEach(files.flatMap((file) => RULES.flatMap((rule) => rule(file))))
}

export const MORE_OF_THESE = 'And more of these, which are not listed.'

/** As many findings of each rule as anybody reads; one more says that there are more. */
export function mostOfEach(findings: readonly TamperFinding[]): TamperFinding[] {
  const counts = new Map<string, number>()
  return findings.flatMap((finding) => {
    const count = (counts.get(finding.rule) ?? 0) + 1
    counts.set(finding.rule, count)
    if (count <= KEPT_FINDINGS) return [finding]
    return count > KEPT_FINDINGS + 1 ? [] : [{ ...finding, message: MORE_OF_THESE }]
  })
}
