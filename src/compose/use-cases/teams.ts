import type { Team } from '#contract/places.ts'
import type { Application } from '#http/application.ts'
import type { Failure } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, refused } from '#kernel/result.ts'
import { teamPlace } from '#policy/place.ts'
import { isDuplicate } from '#store/database-failure.ts'
import { bindingsAt, endBindings, ownBindings } from '#store/role-bindings.ts'
import {
  insertTeam,
  listTeams,
  memberCounts,
  removeTeam,
  renameTeam,
  type TeamRow,
  teamByReference,
} from '#store/teams.ts'
import { logAction } from '#tasks/log-action.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { endedForLog } from './ended-for-log.ts'
import { mayChangeRoles } from './may-change-roles.ts'
import { teamDetail } from './team-detail.ts'

/** People and programs that do something together: what a team is given, everybody in it has. */
export function teamUseCases(
  workshop: Workshop,
): Pick<Application, 'listTeams' | 'showTeam' | 'createTeam' | 'renameTeam' | 'removeTeam'> {
  const { store, clock, random } = workshop
  return {
    listTeams: async (actor) => {
      const { organisation } = actor
      const policy = await workshop.policyOf(organisation)
      return store.inOrganisation(organisation, async (tx) => {
        const counts = await memberCounts(tx)
        const seen = (await listTeams(tx)).filter(({ id }) => {
          const place = teamPlace(organisation, id)
          return policy.decide({ actor, action: 'team.list', place, facts: {} }).effect === 'allow'
        })
        return ok({ items: seen.map((row) => teamView(row, counts.get(row.id) ?? 0)) })
      })
    },

    showTeam: ({ organisation }, reference) =>
      store.inOrganisation(organisation, async (tx) => {
        const row = await teamByReference(tx, reference)
        return row === undefined ? refused(noTeam(reference)) : ok(await teamDetail(tx, row))
      }),

    createTeam: (actor, name) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const row = await insertTeam(tx, { id: newId('tem', random), name, createdAt: instantOf(clock()) })
        if (row === undefined) return refused(taken(name))
        await logAction(tx, clock, actor, 'team.created', row.id, { name })
        return ok(teamView(row, 0))
      }),

    renameTeam: async (actor, reference, name) => {
      try {
        return await store.inOrganisation(actor.organisation, async (tx) => {
          const before = await teamByReference(tx, reference)
          const row = before && (await renameTeam(tx, before.id, name))
          if (before === undefined || row === undefined) return refused(noTeam(reference))
          await logAction(tx, clock, actor, 'team.renamed', row.id, { before: before.name, after: name })
          return ok(teamView(row, (await memberCounts(tx)).get(row.id) ?? 0))
        })
      } catch (thrown) {
        if (isDuplicate(thrown)) return refused(taken(name))
        throw thrown
      }
    },

    removeTeam: async (actor, reference) => {
      const { organisation } = actor
      const found = await store.inOrganisation(organisation, async (tx) => {
        const row = await teamByReference(tx, reference)
        const at = { kind: 'Team', id: row?.id ?? '' } as const
        return row && { row, roles: [...(await ownBindings(tx, row.id)), ...(await bindingsAt(tx, at))] }
      })
      if (found === undefined) return refused(noTeam(reference))
      const allowed = await mayChangeRoles(workshop, actor, 'team.member-remove', found.roles, '')
      if (!allowed.ok) return allowed
      return store.inOrganisation(organisation, async (tx) => {
        const at = instantOf(clock())
        const { id, name } = found.row
        if (!(await removeTeam(tx, id, at))) return refused(noTeam(reference))
        const ended = await endBindings(tx, { subject: id, places: [id] }, at)
        await logAction(tx, clock, actor, 'team.removed', id, { name, ended: endedForLog(ended) })
        return ok(undefined)
      })
    },
  }
}

export function noTeam(reference: string): Failure {
  return {
    code: 'not_found',
    message: `There is no team ${reference}.`,
    remedy: 'See `airlock team list`.',
  }
}

function teamView({ id, name, createdAt }: TeamRow, members: number): Team {
  return { id, name, members, createdAt }
}

function taken(name: string): Failure {
  return {
    code: 'conflict',
    rule: 'team.name',
    message: `There is a team ${name} already.`,
    remedy: 'Choose another name.',
  }
}
