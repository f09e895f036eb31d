import { type Selectable, sql } from 'kysely'
import { type EgressRule, routeOf, targetText } from '#contract/egress.ts'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import { json, storableText } from './column.ts'
import type { EgressAllowancesTable, EgressRequestsTable, Tx } from './schema.ts'

export type EgressRequestRow = Selectable<EgressRequestsTable>
export type EgressAllowanceRow = Selectable<EgressAllowancesTable>

export type NewEgressRequest = Omit<EgressRequestRow, 'organisation' | 'task'>

/** What a task asks for at most: names come from code that nobody trusts. */
export const MOST_EGRESS_REQUESTS = 100

/**
 * Counts what was asked for: what a task has asked before is one line still, with its first time. Beyond the bound what is
 * new is dropped.
 */
export async function noteEgressRequests(
  tx: Tx,
  task: string,
  requests: readonly NewEgressRequest[],
): Promise<void> {
  const known = await egressRequestsOf(tx, task)
  let room = MOST_EGRESS_REQUESTS - known.length
  for (const request of requests) {
    const isKnown = known.some(
      ({ target, method, path }) =>
        target === request.target && method === request.method && path === request.path,
    )
    if (!isKnown && room-- <= 0) continue
    await tx
      .insertInto('egressRequests')
      .values({ ...request, task })
      .onConflict((conflict) =>
        conflict.columns(['organisation', 'task', 'target', 'method', 'path']).doUpdateSet({
          times: sql`egress_requests.times + excluded.times`,
          lastAt: sql`excluded.last_at`,
        }),
      )
      .execute()
  }
}

/** In the order in which they were first asked for. */
export function egressRequestsOf(tx: Tx, task: string): Promise<EgressRequestRow[]> {
  return tx
    .selectFrom('egressRequests')
    .selectAll()
    .where('task', '=', task)
    .orderBy('firstAt')
    .orderBy('target')
    .orderBy('path')
    .execute()
}

/** What the configuration of a project names beyond the presets, each host once, as its tasks came upon it. */
export async function projectEgressRequests(tx: Tx, project: string): Promise<EgressRequestRow[]> {
  return tx
    .selectFrom('egressRequests')
    .innerJoin('tasks', 'tasks.id', 'egressRequests.task')
    .selectAll('egressRequests')
    .distinctOn('egressRequests.target')
    .where('tasks.project', '=', project)
    .where('egressRequests.origin', '=', 'project')
    .orderBy('egressRequests.target')
    .orderBy('egressRequests.lastAt', 'desc')
    .limit(MOST_EGRESS_REQUESTS)
    .execute()
}

export interface NewAllowance {
  readonly id: string
  readonly project: string
  /** Undefined for the whole project. */
  readonly task: string | undefined
  readonly rule: EgressRule
  readonly reason: string
  readonly allowedBy: Person
  readonly allowedAt: Instant
}

/** Writes an allowance down; one that stands for the same target is taken back with it. */
export async function allowEgress(tx: Tx, allowance: NewAllowance): Promise<EgressAllowanceRow> {
  const { rule, task, project, allowedAt } = allowance
  const target = targetText(routeOf(rule))
  await revokeEgress(tx, { project, task, target, revokedAt: allowedAt })
  return tx
    .insertInto('egressAllowances')
    .values({
      ...allowance,
      task: task ?? null,
      target,
      reason: storableText(allowance.reason),
      rule: json(rule),
      allowedBy: json(allowance.allowedBy),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Takes the standing allowance of a target back; false when there is none. */
export async function revokeEgress(
  tx: Tx,
  of: {
    readonly project: string
    readonly task: string | undefined
    readonly target: string
    readonly revokedAt: Instant
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('egressAllowances')
    .set({ revokedAt: of.revokedAt })
    .where('project', '=', of.project)
    .where('task', of.task === undefined ? 'is' : '=', of.task ?? null)
    .where('target', '=', of.target)
    .where('revokedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** What stands for a project as a whole and, where one is named, for that task. Oldest first. */
export function standingAllowances(tx: Tx, project: string, task?: string): Promise<EgressAllowanceRow[]> {
  return tx
    .selectFrom('egressAllowances')
    .selectAll()
    .where('project', '=', project)
    .where((column) =>
      task === undefined
        ? column('task', 'is', null)
        : column.or([column('task', 'is', null), column('task', '=', task)]),
    )
    .where('revokedAt', 'is', null)
    .orderBy('allowedAt')
    .orderBy('id')
    .execute()
}
