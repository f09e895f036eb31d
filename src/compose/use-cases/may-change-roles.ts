import { ok, type Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import type { RoleBindingRow } from '#store/role-bindings.ts'
import { permitAtServer } from '#tasks/may-begin.ts'
import { permit } from '#tasks/permit.ts'
import { placeOfBinding } from '#tasks/place-of.ts'
import type { Workshop } from '#tasks/workshop.ts'

/**
 * May this actor give each of these roles, or take it away, where it counts? What somebody has through a team is given and
 * taken like any role: by who could do it to each alone.
 */
export async function mayChangeRoles(
  workshop: Workshop,
  actor: Actor,
  action: 'team.member-add' | 'team.member-remove',
  roles: readonly Pick<RoleBindingRow, 'role' | 'placeKind' | 'place'>[],
  about: string,
): Promise<Result<void>> {
  for (const { role, placeKind, place: id } of roles) {
    const found = await workshop.store.inOrganisation(actor.organisation, (tx) =>
      placeOfBinding(tx, actor.organisation, { kind: placeKind, id }),
    )
    if (found === undefined) continue
    const facts = { ...found.facts, givenRole: role }
    const allowed =
      placeKind === 'Server'
        ? await permitAtServer(workshop, actor, action, facts, about)
        : await permit(workshop, { actor, action, place: found.place, facts }, about)
    if (!allowed.ok) return allowed
  }
  return ok(undefined)
}
