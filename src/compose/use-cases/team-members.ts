import type { Application } from '#http/application.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { personByReference } from '#store/people.ts'
import { ownBindings } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import { serviceAccountByReference } from '#store/service-accounts.ts'
import { deleteMember, insertMember, lockTeam, type TeamRow, teamByReference } from '#store/teams.ts'
import { logAction } from '#tasks/log-action.ts'
import { permitAt } from '#tasks/may-begin.ts'
import { placeOf } from '#tasks/place-of.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { mayChangeRoles } from './may-change-roles.ts'
import { teamDetail } from './team-detail.ts'
import { noTeam } from './teams.ts'

/** Who is in a team. Being in it is having all its roles, so it is given and taken as those are. */
export function teamMemberUseCases(workshop: Workshop): Pick<Application, 'addToTeam' | 'dropFromTeam'> {
  const { store, clock } = workshop
  return {
    addToTeam: async (actor, reference, request) => {
      const team = await permitted(workshop, actor, 'team.member-add', reference, request.reference)
      if (!team.ok) return team
      return store.inOrganisation(actor.organisation, async (tx) => {
        const { row, roles } = team.value
        const by = request.kind === 'person' ? personByReference : serviceAccountByReference
        const member = await by(tx, request.reference)
        if (member === undefined) return nobody(request.reference)
        if (!(await isAsBefore(tx, team.value))) return changedMeanwhile(row)
        const addedAt = instantOf(clock())
        const added = { team: row.id, member: member.id, addedBy: actor.person, addedAt }
        if (await insertMember(tx, added)) {
          const data = { member: member.id, roles: roles.map(asText) }
          await logAction(tx, clock, actor, 'team.member-added', row.id, data)
        }
        return ok(await teamDetail(tx, row))
      })
    },

    dropFromTeam: async (actor, reference, who) => {
      const team = await permitted(workshop, actor, 'team.member-remove', reference, who)
      if (!team.ok) return team
      return store.inOrganisation(actor.organisation, async (tx) => {
        const { row, roles } = team.value
        const member = (await personByReference(tx, who)) ?? (await serviceAccountByReference(tx, who))
        if (!(await isAsBefore(tx, team.value))) return changedMeanwhile(row)
        if (member === undefined || !(await deleteMember(tx, row.id, member.id))) return nobody(who)
        const data = { member: member.id, roles: roles.map(asText) }
        await logAction(tx, clock, actor, 'team.member-removed', row.id, data)
        return ok(undefined)
      })
    },
  }
}

type TeamRoles = Awaited<ReturnType<typeof ownBindings>>

interface PermittedTeam {
  readonly row: TeamRow
  readonly roles: TeamRoles
}

/** The team with its roles, each of which this actor may give and take. */
async function permitted(
  workshop: Workshop,
  actor: Actor,
  action: 'team.member-add' | 'team.member-remove',
  reference: string,
  member: string,
): Promise<Result<PermittedTeam>> {
  const at = await placeOf(workshop.store, actor.organisation, { kind: 'team', reference })
  if (!at.ok) return at
  const allowed = await permitAt(workshop, actor, action, at.value, { givenRole: 'member' }, member)
  if (!allowed.ok) return allowed
  const found = await workshop.store.inOrganisation(actor.organisation, async (tx) => {
    const row = await teamByReference(tx, reference)
    return row && { row, roles: await ownBindings(tx, row.id) }
  })
  if (found === undefined) return refused(noTeam(reference))
  const each = await mayChangeRoles(workshop, actor, action, found.roles, member)
  return each.ok ? ok(found) : each
}

/** Nobody gave the team another role since it was looked at: whoever joins would get that, too. */
async function isAsBefore(tx: Tx, { row, roles }: PermittedTeam): Promise<boolean> {
  if (!(await lockTeam(tx, row.id))) return false
  const now = await ownBindings(tx, row.id)
  const ids = (all: TeamRoles) => JSON.stringify(all.map(({ id }) => id).toSorted())
  return ids(now) === ids(roles)
}

function asText({ role, placeKind, place }: TeamRoles[number]): string {
  return `${role} ${placeKind} ${place}`
}

function nobody(reference: string): Result<never> {
  return refused({
    code: 'not_found',
    message: `There is no ${reference} to be in the team, or in it.`,
    remedy: 'See `airlock people list`, `airlock service-accounts list` and `airlock team show`.',
  })
}

function changedMeanwhile({ name }: TeamRow): Result<never> {
  return refused({
    code: 'conflict',
    rule: 'team.roles',
    message: `The roles of ${name} changed while this was being done.`,
    remedy: 'Look at `airlock team show`, then try again.',
  })
}
