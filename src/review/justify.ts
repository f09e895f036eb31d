import { gateReportDigest } from '#audit/statement.ts'
import type { GateReport } from '#contract/gate-report.ts'
import {
  type JustificationRequest,
  openFindings,
  type ReportedFinding,
  TOO_MANY_FINDINGS,
} from '#contract/scan-report.ts'
import type { Task } from '#contract/task.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { gateReportOf, saveGateReport } from '#store/gate-reports.ts'
import { patchById } from '#store/patches.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { taskView } from '#store/task-view.ts'
import { moveTask, taskById } from '#store/tasks.ts'
import { logAction } from '#tasks/log-action.ts'
import { textForLog } from '#tasks/log-text.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'

/**
 * A person lets one finding of the scan stand in the patch they looked at, and says why. The words stand in the report of exactly this patch, which an
 * approval signs with the rest, and in the audit log. An approval that was begun before refuses: the report is not any more
 * the one that was on the screen.
 */
export async function justify(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  request: JustificationRequest,
): Promise<Result<Task>> {
  const found = await findTask(workshop.store, actor.organisation, reference)
  if (!found.ok) return found
  const task = found.value
  if (task.state !== 'awaiting_review') return refused(notInReview(task))
  return workshop.store.inOrganisation(actor.organisation, async (tx) => {
    const report = await reportNow(tx, task)
    if (report?.patch !== request.patchDigest) return refused(otherPatch(task, request, report))
    const finding = openFindings(report ?? {}).filter(({ fingerprint }) =>
      isNamed(fingerprint, request.finding),
    )
    const [one] = finding
    if (one === undefined || finding.length > 1)
      return refused(noSuchFinding(task, request.finding, finding.length))
    if (one.rule === TOO_MANY_FINDINGS) return refused(tooMany(task))
    const at = instantOf(workshop.clock())
    if (!(await moveTask(tx, { id: task.id, fromVersion: task.version, patch: { updatedAt: at } })))
      return refused(changed(task))
    const justified = { reason: request.reason, by: actor.person.name, at }
    const next = withJustification(report, one, justified)
    await saveGateReport(tx, task.id, next, at)
    await logAction(tx, workshop.clock, actor, 'review.justified', task.id, {
      finding: one.fingerprint,
      rule: one.rule,
      place: `${one.path}:${one.line}`,
      reason: await textForLog(workshop, tx, actor, task.id, request.reason),
      patch: report.patch,
      gates: gateReportDigest(next),
    })
    return ok(await taskView(tx, (await taskById(tx, task.id)) ?? task))
  })
}

async function reportNow(tx: Tx, { id, patch }: TaskRow): Promise<GateReport | undefined> {
  const row = patch === null ? undefined : await patchById(tx, patch)
  return row === undefined ? undefined : gateReportOf(tx, id, row.digest)
}

/** A whole fingerprint, or its first digits, as a list shows them. */
function isNamed(fingerprint: string, given: string): boolean {
  return fingerprint === given || fingerprint.replace(/^sha256:/, '').startsWith(given)
}

function withJustification(
  report: GateReport,
  { fingerprint }: ReportedFinding,
  justified: NonNullable<ReportedFinding['justified']>,
): GateReport {
  if (report.scan === undefined) return report
  const findings = report.scan.findings.map((finding) =>
    finding.fingerprint === fingerprint ? { ...finding, justified } : finding,
  )
  return { ...report, scan: { ...report.scan, findings } }
}

function notInReview(task: TaskRow) {
  return {
    code: 'wrong_state' as const,
    rule: 'task.life',
    message: `Task ${task.number} has nothing to justify: it is ${task.state.replaceAll('_', ' ')}.`,
    remedy: 'Wait until it awaits review.',
  }
}

function otherPatch(task: TaskRow, { patchDigest }: JustificationRequest, report: GateReport | undefined) {
  return {
    code: 'approval_void' as const,
    rule: 'approval.exact',
    message: 'The patch is not any more the one you looked at.',
    remedy: `Review task ${task.number} again.`,
    details: { asked: patchDigest, ...(report === undefined ? {} : { current: report.patch }) },
  }
}

function tooMany(task: TaskRow) {
  return {
    code: 'findings_open' as const,
    rule: 'scan.fixed_or_justified',
    message: 'Nobody can justify findings that are not listed.',
    remedy: `Send it back, or drop a part of it: airlock reject ${task.number} --retry, airlock review ${task.number}`,
  }
}

function noSuchFinding(task: TaskRow, given: string, count: number) {
  return {
    code: 'not_found' as const,
    rule: 'scan.finding',
    message:
      count > 1
        ? `${given} is the beginning of ${count} findings.`
        : `No finding of task ${task.number} that still blocks begins with ${given}.`,
    remedy: `airlock show ${task.number} lists them.`,
  }
}

function changed(task: TaskRow) {
  return {
    code: 'conflict' as const,
    rule: 'task.version',
    message: `Task ${task.number} changed while this was being done.`,
    remedy: 'Look at it again, then try once more.',
  }
}
