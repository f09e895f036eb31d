import { type Selectable, sql } from 'kysely'
import type { Spend } from '#contract/budget.ts'
import type { BudgetPeriod, SharedLimits } from '#contract/shared-budget.ts'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { BudgetHoldsTable, BudgetLimitsTable, Tx } from './schema.ts'

/** Whose call it is: what it costs counts for each of them, and for the organisation. Ids, and an agent's name. */
export interface SpentBy {
  readonly project: string
  readonly person: string
  readonly agent: string
}

/** Tokens are input and output together. */
export interface Amounts {
  readonly microDollars: number
  readonly tokens: number
  readonly requests: number
}

export type OwnerKind = BudgetLimitsTable['kind']

/** A limit with what stands against it now. */
export interface LimitState {
  readonly kind: OwnerKind
  /** An id, or an agent's name; empty where the kind is `organisation`. */
  readonly owner: string
  readonly period: BudgetPeriod
  readonly limits: Readonly<Record<keyof Amounts, number | null>>
  readonly used: Amounts
  readonly held: Amounts
}

/** A running call: what it may cost at most, and what is charged for it should nobody live to settle it. */
export interface Hold extends SpentBy {
  readonly id: string
  readonly attempt: string
  readonly day: string
  readonly most: Spend
  readonly usual: Spend
}

/** Sets or replaces one limit; without any amount it is removed. */
export async function setLimit(
  tx: Tx,
  limit: {
    readonly kind: OwnerKind
    readonly owner: string
    readonly period: BudgetPeriod
    readonly limits: SharedLimits
    readonly setBy: Person
    readonly setAt: Instant
  },
): Promise<void> {
  const { kind, owner, period, limits, setBy, setAt } = limit
  const { microDollars = null, tokens = null, requests = null } = limits
  if (microDollars === null && tokens === null && requests === null) {
    await tx
      .deleteFrom('budgetLimits')
      .where('kind', '=', kind)
      .where('owner', '=', owner)
      .where('period', '=', period)
      .execute()
    return
  }
  const values = { microDollars, tokens, requests, setBy: json(setBy), setAt }
  await tx
    .insertInto('budgetLimits')
    .values({ kind, owner, period, ...values })
    .onConflict((conflict) =>
      conflict.columns(['organisation', 'kind', 'owner', 'period']).doUpdateSet(values),
    )
    .execute()
}

/** Every limit of the organisation with what stands against it. */
export function limitStates(tx: Tx, day: string): Promise<readonly LimitState[]> {
  return states(tx, day, undefined)
}

/**
 * The limits that bind such a call, locked until the transaction ends: whoever else wants to reserve against one of them
 * waits, and then sees what this one holds.
 */
export async function lockLimits(tx: Tx, by: SpentBy, day: string): Promise<readonly LimitState[]> {
  const locked = await sql`select 1 from budget_limits l where ${binding(by)}
    order by kind, owner, period for update`.execute(tx)
  // A new statement has a new snapshot: it sees what those committed who were waited for.
  return locked.rows.length === 0 ? [] : states(tx, day, by)
}

export async function holdSpend(tx: Tx, { most, usual, ...hold }: Hold): Promise<void> {
  await tx
    .insertInto('budgetHolds')
    .values({ ...hold, ...amountsOf(most), usual: json(usual) })
    .execute()
}

/** Replaces what was held by what was spent. A hold that is gone was settled before: false, and nothing is counted. */
export async function settleHold(tx: Tx, id: string, spend: Spend): Promise<boolean> {
  const hold = await tx.deleteFrom('budgetHolds').where('id', '=', id).returningAll().executeTakeFirst()
  if (hold === undefined) return false
  await countSpend(tx, hold, hold.day, amountsOf(spend))
  return true
}

/** Settles what calls of attempts that are over still hold: nobody else will. They are charged what is usual. */
export async function settleAbandoned(tx: Tx): Promise<number> {
  const holds: Selectable<BudgetHoldsTable>[] = await tx
    .deleteFrom('budgetHolds')
    .where('attempt', 'in', (query) =>
      query.selectFrom('attempts').select('id').where('endedAt', 'is not', null),
    )
    .returningAll()
    .execute()
  for (const hold of holds) await countSpend(tx, hold, hold.day, amountsOf(hold.usual))
  return holds.length
}

/** Counts what was spent, for all limits there are or will be. */
export async function countSpend(tx: Tx, by: SpentBy, day: string, spent: Amounts): Promise<void> {
  const { project, person, agent } = by
  await tx
    .insertInto('budgetUse')
    .values({ day, project, person, agent, ...spent })
    .onConflict((conflict) =>
      conflict.columns(['organisation', 'day', 'project', 'person', 'agent']).doUpdateSet((column) => ({
        microDollars: column('budgetUse.microDollars', '+', spent.microDollars),
        tokens: column('budgetUse.tokens', '+', spent.tokens),
        requests: column('budgetUse.requests', '+', spent.requests),
      })),
    )
    .execute()
}

export function amountsOf(spend: Spend): Amounts {
  const { microDollars, inputTokens, outputTokens, requests } = spend
  return { microDollars, tokens: inputTokens + outputTokens, requests }
}

interface StateRow {
  readonly kind: OwnerKind
  readonly owner: string
  readonly period: BudgetPeriod
  readonly microDollars: number | null
  readonly tokens: number | null
  readonly requests: number | null
  readonly usedMicroDollars: number
  readonly usedTokens: number
  readonly usedRequests: number
  readonly heldMicroDollars: number
  readonly heldTokens: number
  readonly heldRequests: number
}

/** One statement, hence one snapshot: a call that is settled meanwhile counts as held or as used, never as neither. */
async function states(tx: Tx, day: string, by: SpentBy | undefined): Promise<readonly LimitState[]> {
  const sums = (table: string, name: string) => sql`left join lateral (
      select coalesce(sum(micro_dollars), 0)::bigint as ${sql.ref(`${name}MicroDollars`)},
        coalesce(sum(tokens), 0)::bigint as ${sql.ref(`${name}Tokens`)},
        coalesce(sum(requests), 0)::bigint as ${sql.ref(`${name}Requests`)}
      from ${sql.table(table)} s
      where s.day >= case l.period when 'day' then ${day} else ${`${day.slice(0, 7)}-01`} end
        and case l.kind when 'organisation' then true
          when 'project' then s.project = l.owner
          when 'person' then s.person = l.owner
          when 'agent' then s.agent = l.owner
          else true end
    ) ${sql.ref(name)} on true`
  const { rows } =
    await sql<StateRow>`select l.kind, l.owner, l.period, l.micro_dollars, l.tokens, l.requests,
      used.used_micro_dollars, used.used_tokens, used.used_requests,
      held.held_micro_dollars, held.held_tokens, held.held_requests
    from budget_limits l ${sums('budget_use', 'used')} ${sums('budget_holds', 'held')}
    where ${by === undefined ? sql`true` : binding(by)}
    order by l.kind, l.owner, l.period`.execute(tx)
  return rows.map((row) => ({
    kind: row.kind,
    owner: row.owner,
    period: row.period,
    limits: { microDollars: row.microDollars, tokens: row.tokens, requests: row.requests },
    used: { microDollars: row.usedMicroDollars, tokens: row.usedTokens, requests: row.usedRequests },
    held: { microDollars: row.heldMicroDollars, tokens: row.heldTokens, requests: row.heldRequests },
  }))
}

function binding({ project, person, agent }: SpentBy) {
  return sql`(l.kind = 'organisation'
    or (l.kind = 'project' and l.owner = ${project})
    or (l.kind = 'person' and l.owner = ${person})
    or (l.kind = 'agent' and l.owner = ${agent}))`
}
