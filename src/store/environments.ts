import type { Selectable } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import type { EnvironmentsTable } from './places-schema.ts'
import type { Tx } from './schema.ts'

export type EnvironmentRow = Selectable<EnvironmentsTable>

export function environmentById(tx: Tx, id: string): Promise<EnvironmentRow | undefined> {
  return tx
    .selectFrom('environments')
    .selectAll()
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .executeTakeFirst()
}

/** An environment of a project that was not removed, by id or name. */
export function environmentByReference(
  tx: Tx,
  project: string,
  reference: string,
): Promise<EnvironmentRow | undefined> {
  return tx
    .selectFrom('environments')
    .selectAll()
    .where('project', '=', project)
    .where('removedAt', 'is', null)
    .where((column) => column.or([column('id', '=', reference), column('name', '=', reference)]))
    .orderBy((column) => column('id', '=', reference), 'desc')
    .executeTakeFirst()
}

/** Those of a project that were not removed, by name. At most 200. */
export function listEnvironments(tx: Tx, project: string): Promise<EnvironmentRow[]> {
  return tx
    .selectFrom('environments')
    .selectAll()
    .where('project', '=', project)
    .where('removedAt', 'is', null)
    .orderBy('name')
    .limit(MOST_ENVIRONMENTS)
    .execute()
}

export const MOST_ENVIRONMENTS = 200

/** Undefined when the project has one of that name. */
export function insertEnvironment(
  tx: Tx,
  environment: Pick<EnvironmentRow, 'id' | 'project' | 'name' | 'createdAt'>,
): Promise<EnvironmentRow | undefined> {
  return tx
    .insertInto('environments')
    .values(environment)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Throws what `isDuplicate` knows when the project has one of that name. */
export function renameEnvironment(tx: Tx, id: string, name: string): Promise<EnvironmentRow | undefined> {
  return tx
    .updateTable('environments')
    .set({ name })
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

/** One of them, or all of a project. Gives the ids. */
export async function removeEnvironments(
  tx: Tx,
  which: { readonly id: string } | { readonly project: string },
  removedAt: Instant,
): Promise<readonly string[]> {
  const rows = await tx
    .updateTable('environments')
    .set({ removedAt })
    .where('removedAt', 'is', null)
    .where((column) => ('id' in which ? column('id', '=', which.id) : column('project', '=', which.project)))
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}
