import type { Selectable } from 'kysely'
import type { EnvironmentsTable } from './places-schema.ts'
import type { Tx } from './schema.ts'

export type EnvironmentRow = Selectable<EnvironmentsTable>

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
