import type { Instant } from '#kernel/instant.ts'
import { personById } from '#store/people.ts'
import { lastRoleChange } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'

/**
 * True while somebody is there, and has the roles that were looked at when a link was made by which to become them: who could
 * make one for a developer could not for an owner.
 */
export async function isAsBefore(tx: Tx, id: string, madeAt: Instant): Promise<boolean> {
  const person = await personById(tx, id)
  if (person === undefined || person.removedAt !== null) return false
  const changed = await lastRoleChange(tx, id)
  return changed === undefined || changed <= madeAt
}
