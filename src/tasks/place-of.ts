import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { ActionName } from '#policy/action.ts'
import type { Binding } from '#policy/binding.ts'
import type { Place } from '#policy/cedar/engine.ts'
import type { DecisionFacts } from '#policy/decide.ts'
import { environmentPlace, organisationPlace, projectPlace, serverPlace, teamPlace } from '#policy/place.ts'
import type { Store } from '#store/database.ts'
import { environmentById, environmentByReference } from '#store/environments.ts'
import { type ProjectRow, projectById, projectByReference } from '#store/projects.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { teamByReference } from '#store/teams.ts'
import { findTask } from './reference.ts'

/** What a request is about, as its path names it. */
export type PlaceReference =
  | { readonly kind: 'server' | 'organisation' }
  | { readonly kind: 'team' | 'project' | 'task'; readonly reference: string }
  | { readonly kind: 'environment'; readonly project: string; readonly reference: string }

/** A place, what rules may know of it, and what shows that somebody knows of it at all. */
export interface FoundPlace {
  readonly place: Place
  readonly facts: DecisionFacts
  /** Whoever may not even do this there is told that there is nothing. */
  readonly readBy: ActionName
  readonly absent: Failure
}

/** Where something is that a request names; of another organisation it is not found, like what never was. */
export async function placeOf(
  store: Store,
  organisation: string,
  at: PlaceReference,
): Promise<Result<FoundPlace>> {
  switch (at.kind) {
    case 'server':
      return ok({ place: serverPlace(), facts: {}, readBy: 'identity.show', absent: nothing('server', '') })
    case 'organisation':
      return ok({
        place: organisationPlace(organisation),
        facts: {},
        readBy: 'identity.show',
        absent: nothing('organisation', organisation),
      })
    case 'task': {
      const task = await findTask(store, organisation, at.reference)
      if (!task.ok) return task
      const place = await store.inOrganisation(organisation, (tx) => placeOfTask(tx, task.value))
      const absent = nothing('task', at.reference)
      return ok({ ...place, readBy: 'task.show', absent })
    }
    case 'team': {
      const team = await store.inOrganisation(organisation, (tx) => teamByReference(tx, at.reference))
      const absent = nothing('team', at.reference)
      if (team === undefined) return refused(absent)
      return ok({ place: teamPlace(organisation, team.id), facts: {}, readBy: 'team.list', absent })
    }
    case 'project': {
      const project = await store.inOrganisation(organisation, (tx) => projectByReference(tx, at.reference))
      const absent = nothing('project', at.reference)
      if (project === undefined) return refused(absent)
      return ok({ ...placeOfProject(project), readBy: 'project.list', absent })
    }
    case 'environment': {
      const found = await store.inOrganisation(organisation, async (tx) => {
        const project = await projectByReference(tx, at.project)
        const environment = project && (await environmentByReference(tx, project.id, at.reference))
        return environment && { project, environment }
      })
      const absent = nothing('environment', `${at.project}/${at.reference}`)
      if (found === undefined) return refused(absent)
      const { place: project, facts } = placeOfProject(found.project)
      const place = environmentPlace(project, found.environment.id)
      return ok({
        place,
        facts: { ...facts, environment: found.environment.name },
        readBy: 'environment.list',
        absent,
      })
    }
  }
}

/** Where a role was given; undefined when that is not there any more. A disconnected project is: its tasks are. */
export async function placeOfBinding(
  tx: Tx,
  organisation: string,
  { kind, id }: Binding['at'],
): Promise<Pick<FoundPlace, 'place' | 'facts'> | undefined> {
  if (kind === 'Server') return { place: serverPlace(), facts: {} }
  if (kind === 'Organisation')
    return id === organisation ? { place: organisationPlace(id), facts: {} } : undefined
  if (kind === 'Team') return { place: teamPlace(organisation, id), facts: {} }
  const environment = kind === 'Environment' ? await environmentById(tx, id) : undefined
  const project = await projectById(tx, environment?.project ?? id)
  if (project === undefined) return undefined
  const found = placeOfProject(project)
  if (environment === undefined) return found
  const facts = { ...found.facts, environment: environment.name }
  return { place: environmentPlace(found.place, environment.id), facts }
}

export function placeOfProject(project: ProjectRow): Pick<FoundPlace, 'place' | 'facts'> {
  const { organisation, id, team, autonomy } = project
  return { place: projectPlace(organisation, id, team), facts: { autonomy } }
}

/** The project that a task came from, connected still or not, and what the task itself says. */
export async function placeOfTask(tx: Tx, task: TaskRow): Promise<Pick<FoundPlace, 'place' | 'facts'>> {
  const project = await projectById(tx, task.project)
  if (project === undefined) throw new Error(`task ${task.id} is of no project`)
  const { place, facts } = placeOfProject(project)
  return { place, facts: { ...facts, agent: task.agent, branch: task.baseBranch } }
}

const LISTED_BY = {
  server: 'airlock status',
  organisation: 'airlock status',
  team: 'airlock team list',
  project: 'airlock project list',
  environment: 'airlock environment list',
  task: 'airlock tasks',
} as const

function nothing(kind: PlaceReference['kind'], reference: string): Failure {
  return {
    code: 'not_found',
    message: `There is no ${kind} ${reference}.`,
    remedy: `See \`${LISTED_BY[kind]}\`.`,
  }
}
