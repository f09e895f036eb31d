import type { TamperFinding } from '#contract/gate-report.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { findTampering, mostOfEach } from '#gates/tampering.ts'
import { withoutSecrets } from '#guards/secrets/hide.ts'
import { changedContents, type ExaminedPatch } from './changed-contents.ts'

/** What a patch does to its own exam. */
export async function tamperingOf(
  repository: TrustedRepository,
  patch: ExaminedPatch,
): Promise<TamperFinding[]> {
  let findings: TamperFinding[] = []
  const textOf = (bytes: Uint8Array | undefined) =>
    bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
  for await (const some of changedContents(repository, patch)) {
    const more = findTampering(
      some.map(({ change, before, after }) => ({ change, before: textOf(before), after: textOf(after) })),
    )
    findings = mostOfEach([...findings, ...more])
  }
  // The report is kept, signed and published: what it quotes of a line holds no secret.
  return findings.map((finding) => ({ ...finding, message: withoutSecrets(finding.message) }))
}
