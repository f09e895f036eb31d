import type { Instant } from '#kernel/instant.ts'
import type { Role } from '#policy/role.ts'
import type { Tx } from './schema.ts'

/** What a member is in the whole organisation from now on; false when they are not any more `before`. */
export async function setMemberRole(
  tx: Tx,
  table: 'people' | 'serviceAccounts',
  id: string,
  { before, role, at }: { readonly before: Role; readonly role: Role; readonly at: Instant },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable(table)
    .set({ role, roleChangedAt: at })
    .where('id', '=', id)
    .where('role', '=', before)
    .where('removedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
