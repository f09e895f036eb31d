import type { TeamDetail } from '#contract/places.ts'
import { listBindingsOf } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import { membersOf, projectsOfTeam, type TeamRow } from '#store/teams.ts'

/** A team with who is in it, what it is where, and what it looks after. */
export async function teamDetail(tx: Tx, row: TeamRow): Promise<TeamDetail> {
  const members = await membersOf(tx, row.id)
  const roles = await listBindingsOf(tx, row.id)
  const { id, name, createdAt } = row
  return {
    ...{ id, name, createdAt },
    members: members.map(({ member, ...rest }) => ({ id: member, ...rest })),
    roles: roles.map(({ role, placeKind, place, placeName }) => ({
      role,
      at: { kind: placeKind.toLowerCase(), id: place, name: placeName },
    })),
    projects: [...(await projectsOfTeam(tx, row.id))],
  }
}
