import type { ExpressionBuilder, Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { PoliciesTable, Tables, Tx } from './schema.ts'

export type PolicyRow = Selectable<PoliciesTable>

export interface PolicyChange {
  readonly sequence: number
  readonly name: string
  /** Null where the policy is removed. */
  readonly text: string | null
  readonly examples: string | null
  readonly setBy: Person
  readonly setAt: Instant
}

/** What tells whether somebody has the policies as they are now: the number of the last change, and the organisation's clock. */
export async function policyStamp(
  tx: Tx,
): Promise<{ readonly sequence: number; readonly timeZone: string | undefined }> {
  const row = await tx
    .selectFrom('organisations')
    .select(['timeZone', (column) => lastSequence(column).as('sequence')])
    .executeTakeFirst()
  return { sequence: row?.sequence ?? 0, timeZone: row?.timeZone }
}

function lastSequence(column: ExpressionBuilder<Tables, 'organisations'>) {
  return column.selectFrom('policies').select(({ fn }) => fn.max('sequence').as('last'))
}

/** Grows with every change; 0 before the first. Whoever knows it knows which policies there are. */
export async function policySequence(tx: Tx): Promise<number> {
  const { last } = await tx
    .selectFrom('policies')
    .select(({ fn }) => fn.max('sequence').as('last'))
    .executeTakeFirstOrThrow()
  return last ?? 0
}

/** The policies as they are now, by name. */
export async function currentPolicies(tx: Tx): Promise<(PolicyRow & { text: string; examples: string })[]> {
  const rows = await tx
    .selectFrom('policies')
    .selectAll()
    .distinctOn('name')
    .orderBy('name')
    .orderBy('sequence', 'desc')
    .execute()
  return rows.flatMap(({ text, examples, ...row }) =>
    text === null || examples === null ? [] : [{ ...row, text, examples }],
  )
}

/** Writes one change; false when another one came first, and this was made in ignorance of it. */
export async function insertPolicyChange(tx: Tx, change: PolicyChange): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('policies')
    .values({ ...change, setBy: json(change.setBy) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}
