import { rolesAt } from '#policy/binding.ts'
import { organisationPlace } from '#policy/place.ts'
import { LEAST_ROLE, type Role } from '#policy/role.ts'
import { personById } from '#store/people.ts'
import { bindingsOf, strongestHeld } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'

/** Owners alone make these: the rule `people.owner-decides-admins`. */
const BY_OWNERS: readonly Role[] = ['admin', 'owner']

/**
 * True while whoever made a link could still give the role that it gives: a link outlives neither its maker nor their role.
 * Without a maker it is the first one of a server.
 */
export async function inviterStillMay(
  tx: Tx,
  organisation: string,
  inviter: { readonly id: string } | null,
  role: Role,
): Promise<boolean> {
  if (inviter === null) return true
  const person = await personById(tx, inviter.id)
  if (person === undefined || person.removedAt !== null) return false
  const own = { role: person.role, at: { kind: 'Organisation', id: organisation } } as const
  const roles = rolesAt([own, ...(await bindingsOf(tx, person.id))], organisationPlace(organisation))
  const needed = [role, LEAST_ROLE['people:create'], ...(BY_OWNERS.includes(role) ? ['owner' as const] : [])]
  return needed.every((each) => roles.includes(each))
}

/** The same of a link by which to become somebody who is there already, with all that they hold anywhere. */
export async function makerStillMay(
  tx: Tx,
  organisation: string,
  maker: { readonly id: string } | null,
  person: string,
): Promise<boolean> {
  const member = await personById(tx, person)
  if (member === undefined) return false
  return inviterStillMay(tx, organisation, maker, await strongestHeld(tx, member))
}
