import type { GateReport } from '#contract/gate-report.ts'
import type { PatchSummary } from '#contract/patch.ts'
import type { Attempt, Task } from '#contract/task.ts'
import { patchFacts } from '#policy/patch-facts.ts'
import { riskOf } from '#policy/risk.ts'
import { type AttemptRow, attemptsOfAll } from './attempts.ts'
import { gateReportOf } from './gate-reports.ts'
import { type PatchRow, patchesByIds, summaryOf } from './patches.ts'
import type { TaskRow, Tx } from './schema.ts'

/** A task as callers see it, with its attempts, the patch under review and what the gates said about that. */
export async function taskView(tx: Tx, row: TaskRow): Promise<Task> {
  const [view] = await taskViews(tx, [row])
  if (view === undefined) throw new Error('one row makes one view')
  const gates = view.patch === undefined ? undefined : await gateReportOf(tx, row.id, view.patch.digest)
  const risk = view.patch === undefined ? {} : { risk: riskOfPatch(view.patch, gates) }
  return gates === undefined ? { ...view, ...risk } : { ...view, ...risk, gates }
}

function riskOfPatch(patch: PatchSummary, gates: GateReport | undefined): NonNullable<Task['risk']> {
  const facts = patchFacts(patch.files, gates?.tampering ?? [])
  const { risk, reasons } = riskOf('review.approve', facts)
  return { level: risk, reasons: reasons.map(({ reason }) => reason) }
}

/**
 * The views of a page of tasks, in its order, by two statements however long the page is. What gates said is left out: code
 * under test can make a report of many megabytes, and a page of those would not fit into memory.
 */
export async function taskViews(tx: Tx, rows: readonly TaskRow[]): Promise<Task[]> {
  const attempts = await attemptsOfAll(
    tx,
    rows.map((row) => row.id),
  )
  const patches = await patchesByIds(
    tx,
    rows.flatMap((row) => row.patch ?? []),
  )
  return rows.map((row) => {
    const patch = patches.find(({ id }) => id === row.patch)
    const own = attempts.filter(({ task }) => task === row.id)
    return view(row, own, patch)
  })
}

function view(row: TaskRow, attempts: readonly AttemptRow[], patch: PatchRow | undefined): Task {
  return {
    id: row.id,
    number: row.number,
    project: row.project,
    intent: row.intent,
    state: row.state,
    base: { branch: row.baseBranch, commit: row.baseCommit },
    scope: row.scope,
    agent: row.agent,
    model: row.model,
    budget: row.budget,
    requester: row.requester,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    ...(row.erasedAt === null ? {} : { erasedAt: row.erasedAt }),
    attempts: attempts.map(attemptView),
    ...(patch === undefined ? {} : { patch: summaryOf(patch) }),
    ...(row.cause === null ? {} : { cause: row.cause }),
    ...(row.publication === null ? {} : { publication: row.publication }),
  }
}

function attemptView(row: AttemptRow): Attempt {
  return {
    id: row.id,
    number: row.number,
    startedAt: row.startedAt,
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    ...(row.agentEnding === null ? {} : { agentEnding: row.agentEnding }),
    ...(row.cause === null ? {} : { cause: row.cause }),
    spend: row.spend,
    ...(row.agentSummary === null ? {} : { agentSummary: row.agentSummary }),
    refusals: [...row.refusals],
  }
}
