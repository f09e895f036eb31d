import type { GateReport } from '#contract/gate-report.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { Tx } from './schema.ts'

/** Keeps the report of a task's patch; a later examination of the same patch takes its place. */
export async function saveGateReport(
  tx: Tx,
  task: string,
  report: GateReport,
  createdAt: Instant,
): Promise<void> {
  const row = { iteration: report.iteration, report: json(report), createdAt }
  await tx
    .insertInto('gateReports')
    .values({ task, patchDigest: report.patch, ...row })
    .onConflict((conflict) => conflict.columns(['organisation', 'task', 'patchDigest']).doUpdateSet(row))
    .execute()
}

export async function gateReportOf(
  tx: Tx,
  task: string,
  patchDigest: string,
): Promise<GateReport | undefined> {
  const row = await tx
    .selectFrom('gateReports')
    .select('report')
    .where('task', '=', task)
    .where('patchDigest', '=', patchDigest)
    .executeTakeFirst()
  return row?.report
}

/** What gates said about a base, by a key over everything that could change it. The shape is the gates' own. */
export async function cachedBaseRun(tx: Tx, key: string): Promise<unknown> {
  const row = await tx.selectFrom('gateBaseCache').select('run').where('key', '=', key).executeTakeFirst()
  return row?.run
}

export async function cacheBaseRun(tx: Tx, key: string, run: unknown, createdAt: Instant): Promise<void> {
  const row = { run: json(run), createdAt }
  await tx
    .insertInto('gateBaseCache')
    .values({ key, ...row })
    .onConflict((conflict) => conflict.columns(['organisation', 'key']).doUpdateSet(row))
    .execute()
}

/** Forgets runs cached before a moment. Returns how many. */
export async function forgetBaseRuns(tx: Tx, before: Instant): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('gateBaseCache')
    .where('createdAt', '<', before)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
