import type { TamperFinding } from '#contract/gate-report.ts'
import type { FileChange } from '#contract/patch.ts'
import type { Facts } from './cedar/facts.ts'

export type PatchFacts = Required<
  Pick<Facts, 'files' | 'directories' | 'filesChanged' | 'linesChanged' | 'touches'>
>

/** What rules may know of a patch; a renamed file counts under both its names. */
export function patchFacts(changes: readonly FileChange[], tampering: readonly TamperFinding[]): PatchFacts {
  const files = changes.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])])
  return {
    files: [...new Set(files)],
    directories: [...new Set(files.flatMap(directoriesAbove))],
    filesChanged: changes.length,
    linesChanged: changes.reduce((sum, { additions, deletions }) => sum + additions + deletions, 0),
    touches: touchedBy(changes, files, tampering),
  }
}

/** What of weight a finding is about; one that is not here, such as a silenced checker, is for the reviewer to read. */
const WEIGHTS: Readonly<Record<string, string>> = {
  'tampering.airlock-configuration': 'policy',
  'tampering.policy': 'policy',
  'tampering.review-rule': 'policy',
  'tampering.ci': 'ci',
  'tampering.lockfile': 'lockfile',
  'tampering.lockfile-source': 'lockfile',
  'tampering.agent-instructions': 'instructions',
  'tampering.injected-order': 'instructions',
  'tampering.test-deleted': 'tests',
  'tampering.test-skipped': 'tests',
  'tampering.test-focused': 'tests',
  'tampering.assertions-removed': 'tests',
  'tampering.assertion-empty': 'tests',
  'tampering.threshold-lowered': 'tests',
  'tampering.gate-configuration': 'checks',
  'tampering.workspace-automation': 'automation',
  'tampering.install-script': 'automation',
}

const MIGRATION = /(?:^|\/)(?:migrations?|migrate)\//

function touchedBy(
  changes: readonly FileChange[],
  files: readonly string[],
  tampering: readonly TamperFinding[],
): string[] {
  const found = tampering.flatMap(({ rule }) => WEIGHTS[rule] ?? [])
  if (files.some((path) => MIGRATION.test(path))) found.push('migration')
  if (changes.some(({ kind }) => kind === 'deleted')) found.push('deletions')
  return [...new Set(found)].sort()
}

function directoriesAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
