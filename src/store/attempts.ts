import type { Selectable } from 'kysely'
import { NOTHING_SPENT, type Spend } from '#contract/budget.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { AgentEnding } from '#contract/task.ts'
import type { Failure } from '#kernel/failure.ts'
import type { Instant } from '#kernel/instant.ts'
import { json, storableText } from './column.ts'
import type { AttemptsTable, Tx } from './schema.ts'

export type AttemptRow = Selectable<AttemptsTable>

/** Begins an attempt; one that was begun before (the same task and number) is returned as it is. */
export async function beginAttempt(
  tx: Tx,
  attempt: {
    readonly id: string
    readonly task: string
    readonly number: number
    readonly step: string
    readonly startedAt: Instant
  },
): Promise<AttemptRow> {
  await tx
    .insertInto('attempts')
    .values({ ...attempt, spend: json(NOTHING_SPENT), refusals: '[]' })
    .onConflict((conflict) => conflict.columns(['organisation', 'task', 'number']).doNothing())
    .execute()
  return tx
    .selectFrom('attempts')
    .selectAll()
    .where('task', '=', attempt.task)
    .where('number', '=', attempt.number)
    .executeTakeFirstOrThrow()
}

export function attemptByNumber(tx: Tx, task: string, number: number): Promise<AttemptRow | undefined> {
  return tx
    .selectFrom('attempts')
    .selectAll()
    .where('task', '=', task)
    .where('number', '=', number)
    .executeTakeFirst()
}

/** Oldest first. */
export function attemptsOf(tx: Tx, task: string): Promise<AttemptRow[]> {
  return tx.selectFrom('attempts').selectAll().where('task', '=', task).orderBy('number').execute()
}

/** The attempts of several tasks, those of one task oldest first. */
export async function attemptsOfAll(tx: Tx, tasks: readonly string[]): Promise<AttemptRow[]> {
  if (tasks.length === 0) return []
  return tx.selectFrom('attempts').selectAll().where('task', 'in', tasks).orderBy('number').execute()
}

export interface AttemptProgress {
  readonly step?: string | undefined
  readonly spend?: Spend | undefined
  readonly agentEnding?: AgentEnding | undefined
  readonly agentSummary?: string | undefined
  /** All refusals so far, not only the new ones. */
  readonly refusals?: readonly Refusal[] | undefined
  readonly iterations?: number | undefined
  readonly agentSeconds?: number | undefined
  readonly canaries?: readonly string[] | undefined
}

/** Notes how far an attempt came; what is left out stays. */
export async function noteAttempt(tx: Tx, id: string, progress: AttemptProgress): Promise<void> {
  const { step, spend, agentEnding, agentSummary, refusals, iterations, agentSeconds, canaries } = progress
  const columns = {
    ...(step === undefined ? {} : { step }),
    ...(spend === undefined ? {} : { spend: json(spend) }),
    ...(agentEnding === undefined ? {} : { agentEnding }),
    ...(agentSummary === undefined ? {} : { agentSummary: storableText(agentSummary) }),
    ...(refusals === undefined ? {} : { refusals: json(refusals) }),
    ...(iterations === undefined ? {} : { iterations }),
    ...(agentSeconds === undefined ? {} : { agentSeconds }),
    ...(canaries === undefined ? {} : { canaries: json(canaries) }),
  }
  if (Object.keys(columns).length === 0) return
  await tx.updateTable('attempts').set(columns).where('id', '=', id).execute()
}

/** Ends an attempt. The first cause wins: one that has ended stays as it is, and false is returned. */
export async function endAttempt(
  tx: Tx,
  id: string,
  ending: { readonly endedAt: Instant; readonly cause?: Failure | undefined },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('attempts')
    .set({ endedAt: ending.endedAt, cause: ending.cause === undefined ? null : json(ending.cause) })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
