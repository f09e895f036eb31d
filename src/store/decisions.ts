import type { Selectable } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { DecisionsTable, Tx } from './schema.ts'

export type DecisionRow = Selectable<DecisionsTable>

export interface NewDecision {
  readonly id: string
  readonly at: Instant
  readonly action: string
  readonly question: unknown
  readonly effect: string
}

export async function insertDecision(tx: Tx, decision: NewDecision): Promise<void> {
  await tx
    .insertInto('decisions')
    .values({ ...decision, question: json(decision.question) })
    .execute()
}

/** The newest first. */
export function decisionsSince(tx: Tx, since: Instant, limit: number): Promise<DecisionRow[]> {
  return tx
    .selectFrom('decisions')
    .selectAll()
    .where('at', '>=', since)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute()
}
