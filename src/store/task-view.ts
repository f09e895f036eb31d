import type { Attempt, Task } from '#contract/task.ts'
import { type AttemptRow, attemptsOf } from './attempts.ts'
import { gateReportOf } from './gate-reports.ts'
import { patchById, summaryOf } from './patches.ts'
import type { TaskRow, Tx } from './schema.ts'

/** A task as callers see it, with its attempts, the patch under review and what the gates said about that. */
export async function taskView(tx: Tx, row: TaskRow): Promise<Task> {
  const attempts = await attemptsOf(tx, row.id)
  const patch = row.patch === null ? undefined : await patchById(tx, row.patch)
  const gates = patch === undefined ? undefined : await gateReportOf(tx, row.id, patch.digest)
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
    attempts: attempts.map(attemptView),
    ...(patch === undefined ? {} : { patch: summaryOf(patch) }),
    ...(gates === undefined ? {} : { gates }),
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
