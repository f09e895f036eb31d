import { decodeEntry } from '#audit/entry.ts'
import { type ReportedFinding, type ScanReport, TOO_MANY_FINDINGS } from '#contract/scan-report.ts'
import type { TreeChange, TrustedRepository } from '#forge/repository.ts'
import { canonicalJson, type Json } from '#kernel/canonical-json.ts'
import { entriesAbout } from '#store/audit-log.ts'
import { gateReportOf } from '#store/gate-reports.ts'
import { type PatchRow, patchBefore } from '#store/patches.ts'
import type { Tx } from '#store/schema.ts'
import type { StepContext } from './step.ts'

/**
 * When a reviewer drops a part of a patch, what a person said of the rest still holds: of a finding that is the same in every
 * word, in a file that is the same in every byte before and after the change, if the audit log has it that they said so. A finding
 * that changed in anything is justified anew, and so is every finding of what an agent wrote since.
 */
export async function withCarriedJustifications(
  { workshop, task }: Pick<StepContext, 'workshop' | 'task'>,
  repository: TrustedRepository,
  patch: PatchRow,
  scan: ScanReport,
): Promise<ScanReport> {
  if (patch.origin !== 'reviewer' || scan.findings.length === 0) return scan
  const former = await workshop.store.inOrganisation(task.organisation, (tx) => formerWords(tx, patch))
  if (former === undefined || former.justified.length === 0) return scan
  const unchanged = await filesInBoth(repository, former.patch, patch)
  const words = new Map(former.justified.map((finding) => [sayingOf(finding), finding.justified]))
  return {
    ...scan,
    findings: scan.findings.map((finding) => {
      const said = words.get(sayingOf(finding))
      if (said === undefined || !unchanged.has(finding.path) || finding.rule === TOO_MANY_FINDINGS)
        return finding
      return { ...finding, justified: { ...said, patch: said.patch ?? former.patch.digest } }
    }),
  }
}

async function formerWords(
  tx: Tx,
  patch: PatchRow,
): Promise<{ readonly patch: PatchRow; readonly justified: readonly ReportedFinding[] } | undefined> {
  const former = await patchBefore(tx, patch)
  const report = former === undefined ? undefined : await gateReportOf(tx, patch.task, former.digest)
  if (former === undefined || report === undefined || former.base !== patch.base) return undefined
  const logged = await loggedJustifications(tx, patch.task)
  const justified = (report.scan?.findings ?? []).filter(
    ({ fingerprint, justified: said }) =>
      said !== undefined && logged.has(nameOf(fingerprint, said.patch ?? former.digest)),
  )
  return { patch: former, justified }
}

async function loggedJustifications(tx: Tx, task: string): Promise<ReadonlySet<string>> {
  const entries = await entriesAbout(tx, task, Number.MAX_SAFE_INTEGER)
  return new Set(
    entries.flatMap(({ bytes }) => {
      const entry = decodeEntry(bytes)
      if (!entry.ok || entry.value.action !== 'review.justified') return []
      const { finding, patch } = entry.value.data
      return [nameOf(String(finding), String(patch))]
    }),
  )
}

function nameOf(fingerprint: string, patch: string): string {
  return `${fingerprint} ${patch}`
}

function sayingOf({ justified: _, ...finding }: ReportedFinding): string {
  return canonicalJson(finding as Json)
}

/** The paths at which two patches over the same base do exactly the same. Of two that look alike as text, neither. */
async function filesInBoth(
  repository: TrustedRepository,
  former: PatchRow,
  patch: PatchRow,
): Promise<ReadonlySet<string>> {
  const [were, are] = await Promise.all([
    repository.changes(former.base, former.tree),
    repository.changes(patch.base, patch.tree),
  ])
  const known = new Set([...were.map(changeOf), ...former.files.map(changeOf)])
  const moved = [...are, ...patch.files].filter(
    (change) => !known.has(changeOf(change)) || change.pathBytes !== undefined,
  )
  const different = new Set(moved.map(({ path }) => path))
  return new Set(are.map(({ path }) => path).filter((path) => !different.has(path)))
}

function changeOf(change: TreeChange | PatchRow['files'][number]): string {
  return canonicalJson({ ...change } as Json)
}
