import type { Selectable } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import type { OrganisationsTable, Tx } from './schema.ts'

export type OrganisationRow = Selectable<OrganisationsTable>

/** Makes the organisation this transaction was opened for. */
export async function insertOrganisation(
  tx: Tx,
  organisation: { readonly name: string; readonly timeZone?: string; readonly createdAt: Instant },
): Promise<OrganisationRow> {
  return tx.insertInto('organisations').values(organisation).returningAll().executeTakeFirstOrThrow()
}

export function ownOrganisation(tx: Tx): Promise<OrganisationRow | undefined> {
  return tx.selectFrom('organisations').selectAll().executeTakeFirst()
}

export async function setOrganisation(
  tx: Tx,
  settings: { readonly name?: string; readonly timeZone?: string },
): Promise<OrganisationRow> {
  return tx.updateTable('organisations').set(settings).returningAll().executeTakeFirstOrThrow()
}

export async function setRetention(
  tx: Tx,
  retention: { readonly taskDays: number | null; readonly decisionDays: number },
): Promise<void> {
  await tx.updateTable('organisations').set(retention).execute()
}
