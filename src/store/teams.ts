import type { Selectable } from 'kysely'
import type { TeamsTable } from './places-schema.ts'
import type { Tx } from './schema.ts'

export type TeamRow = Selectable<TeamsTable>

/** A team that was not removed, by id or name. */
export function teamByReference(tx: Tx, reference: string): Promise<TeamRow | undefined> {
  return tx
    .selectFrom('teams')
    .selectAll()
    .where('removedAt', 'is', null)
    .where((column) =>
      column.or([
        column('id', '=', reference),
        column((of) => of.fn<string>('lower', ['name']), '=', reference.toLowerCase()),
      ]),
    )
    .orderBy((column) => column('id', '=', reference), 'desc')
    .executeTakeFirst()
}
