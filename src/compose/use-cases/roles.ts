import type { RoleBinding } from '#contract/places.ts'
import type { Application } from '#http/application.ts'
import { ok } from '#kernel/result.ts'
import { listBindings, type NamedBinding, placesOfBindings } from '#store/role-bindings.ts'
import { placeOfBinding } from '#tasks/place-of.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { changeRole } from './role-change.ts'

/** Who is what where. In the whole organisation it stands with people and service accounts, elsewhere here. */
export function roleUseCases(
  workshop: Workshop,
): Pick<Application, 'listRoles' | 'grantRole' | 'revokeRole'> {
  return {
    listRoles: async (actor, { cursor, limit }) => {
      const { organisation } = actor
      const policy = await workshop.policyOf(organisation)
      return workshop.store.inOrganisation(organisation, async (tx) => {
        const places: string[] = []
        for (const at of await placesOfBindings(tx)) {
          const found = await placeOfBinding(tx, organisation, at)
          if (found === undefined) continue
          const asked = policy.decide({ actor, action: 'role.list', place: found.place, facts: found.facts })
          if (asked.effect === 'allow') places.push(at.id)
        }
        const rows = await listBindings(tx, { places, after: cursor, limit: limit + 1 })
        const items = rows.slice(0, limit).map(view)
        const last = items.at(-1)
        return ok(rows.length > limit && last !== undefined ? { items, next: last.id } : { items })
      })
    },

    grantRole: (actor, { subject, at, role }) => changeRole(workshop, actor, { subject, at, role }),
    revokeRole: (actor, { subject, at }) => changeRole(workshop, actor, { subject, at }),
  }
}

function view(row: NamedBinding): RoleBinding {
  const { id, subjectKind, subject, subjectName, role, placeKind, place, placeName, givenBy, givenAt } = row
  return {
    id,
    subject: { kind: subjectKind, id: subject, name: subjectName },
    role,
    at: { kind: placeKind.toLowerCase() as RoleBinding['at']['kind'], id: place, name: placeName },
    givenBy: givenBy.name,
    givenAt,
  }
}
