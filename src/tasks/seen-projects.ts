import type { ActionName } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import { organisationPlace, projectPlace } from '#policy/place.ts'
import { projectTeams } from '#store/projects.ts'
import type { Workshop } from './workshop.ts'

/**
 * The projects at which somebody may do something, by the same rules that decide about each alone; undefined for all of
 * them. A list is then one query among these.
 */
export async function seenProjects(
  { store, policyOf }: Pick<Workshop, 'store' | 'policyOf'>,
  actor: Actor,
  action: ActionName,
): Promise<readonly string[] | undefined> {
  const { organisation } = actor
  const policy = await policyOf(organisation)
  const everywhere = policy.decide({ actor, action, place: organisationPlace(organisation), facts: {} })
  if (everywhere.effect === 'allow' && policy.isStanding) return undefined
  const projects = await store.inOrganisation(organisation, projectTeams)
  return projects
    .filter(({ id, team }) => {
      const place = projectPlace(organisation, id, team)
      return policy.decide({ actor, action, place, facts: {} }).effect === 'allow'
    })
    .map(({ id }) => id)
}
