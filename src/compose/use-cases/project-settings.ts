import type { ProjectDetail } from '#contract/places.ts'
import type { Application } from '#http/application.ts'
import type { Failure } from '#kernel/failure.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { isDuplicate } from '#store/database-failure.ts'
import { listEnvironments, removeEnvironments } from '#store/environments.ts'
import {
  disconnectProject,
  holdProject,
  type ProjectRow,
  projectById,
  projectByReference,
  renameProject,
  setAutonomy,
  setTeam,
} from '#store/projects.ts'
import { endBindings } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import { removeSecretsOf } from '#store/secrets.ts'
import { countUnfinished } from '#store/tasks.ts'
import { teamById, teamByReference } from '#store/teams.ts'
import { findProject } from '#tasks/egress-view.ts'
import { logAction } from '#tasks/log-action.ts'
import { mayBegin } from '#tasks/may-begin.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { forgetProject } from '../forget-project.ts'
import { endedForLog } from './ended-for-log.ts'
import { projectView } from './projects.ts'

/** What a connected repository is called here, who looks after it, what happens to it by itself, and that it is disconnected. */
export function projectSettingsUseCases(
  workshop: Workshop,
): Pick<Application, 'showProject' | 'renameProject' | 'moveProject' | 'setAutonomy' | 'removeProject'> {
  const { store } = workshop
  return {
    showProject: async ({ organisation }, reference) => {
      const project = await findProject(store, organisation, reference)
      if (!project.ok) return project
      return ok(await store.inOrganisation(organisation, (tx) => projectDetail(tx, project.value)))
    },

    renameProject: async (actor, reference, name) => {
      try {
        return await change(workshop, actor, reference, 'project.renamed', async (tx, before) => ({
          row: await renameProject(tx, before.id, name),
          data: { before: before.name, after: name },
        }))
      } catch (thrown) {
        if (isDuplicate(thrown)) return refused(taken(name))
        throw thrown
      }
    },

    moveProject: async (actor, reference, team) => {
      if (team !== undefined) {
        const welcome = await mayBegin(workshop, actor, 'project.move', { kind: 'team', reference: team })
        if (!welcome.ok) return welcome
      }
      return change(workshop, actor, reference, 'project.moved', async (tx, before) => {
        const target = team === undefined ? undefined : await teamByReference(tx, team)
        if (team !== undefined && target === undefined) return noTeam(team)
        const row = await setTeam(tx, before.id, target?.id ?? null)
        return { row, data: { before: before.team ?? '', after: row.team ?? '' } }
      })
    },

    setAutonomy: (actor, reference, autonomy) =>
      change(workshop, actor, reference, 'project.autonomy-set', async (tx, before) => ({
        row: await setAutonomy(tx, before.id, autonomy),
        data: { before: before.autonomy, after: autonomy },
      })),

    removeProject: (actor, reference) => remove(workshop, actor, reference),
  }
}

interface Changed {
  readonly row: ProjectRow
  readonly data: { readonly before: string | number; readonly after: string | number }
}

function change(
  { store, clock }: Workshop,
  actor: Actor,
  reference: string,
  action: string,
  make: (tx: Tx, before: ProjectRow) => Promise<Changed | Failure>,
): Promise<Result<ProjectDetail>> {
  return store.inOrganisation(actor.organisation, async (tx) => {
    const named = await projectByReference(tx, reference)
    const before = named && (await holdProject(tx, named.id, 'work'))
    if (before === undefined) return refused(absent(reference))
    const made = await make(tx, before)
    if (!('row' in made)) return refused(made)
    await logAction(tx, clock, actor, action, before.id, { ...made.data })
    return ok(await projectDetail(tx, made.row))
  })
}

/** Not while anything of it is going on: what runs would be cut off, and what waits for review could not be published. */
async function remove(workshop: Workshop, actor: Actor, reference: string): Promise<Result<void>> {
  const { store, clock } = workshop
  const removed = await store.inOrganisation(actor.organisation, async (tx) => {
    const named = await projectByReference(tx, reference)
    const project = named && (await holdProject(tx, named.id, 'removal'))
    if (project === undefined) return refused(absent(reference))
    const unfinished = await countUnfinished(tx, project.id)
    if (unfinished > 0) return refused(busy(project, unfinished))
    const at = instantOf(clock())
    await disconnectProject(tx, project.id, at)
    const environments = await removeEnvironments(tx, { project: project.id }, at)
    const ended = await endBindings(tx, { places: environments }, at)
    const secrets = await removeSecretsOf(tx, { project: project.id })
    const data = { name: project.name, secrets, ended: endedForLog(ended) }
    await logAction(tx, clock, actor, 'project.removed', project.id, data)
    return ok(project.id)
  })
  if (!removed.ok) return removed
  await forgetProject(workshop, removed.value)
  return ok(undefined)
}

async function projectDetail(tx: Tx, project: ProjectRow): Promise<ProjectDetail> {
  const row = (await projectById(tx, project.id)) ?? project
  const team = row.team === null ? undefined : await teamById(tx, row.team)
  const environments = await listEnvironments(tx, row.id)
  return {
    ...projectView(row),
    ...(team === undefined ? {} : { team: { id: team.id, name: team.name } }),
    autonomy: row.autonomy,
    environments: environments.map(({ name }) => name),
  }
}

function absent(reference: string): Failure {
  return {
    code: 'not_found',
    message: `There is no project ${reference}.`,
    remedy: 'See `airlock project list`.',
  }
}

function noTeam(reference: string): Failure {
  return {
    code: 'not_found',
    message: `There is no team ${reference}.`,
    remedy: 'See `airlock team list`.',
  }
}

function taken(name: string): Failure {
  return {
    code: 'conflict',
    rule: 'project.name',
    message: `There is a project ${name} already.`,
    remedy: 'Choose another name.',
  }
}

function busy({ name }: ProjectRow, unfinished: number): Failure {
  return {
    code: 'conflict',
    rule: 'project.unfinished',
    message: `${unfinished} ${unfinished === 1 ? 'task' : 'tasks'} of ${name} ${unfinished === 1 ? 'is' : 'are'} not at an end.`,
    remedy: `Publish, reject or cancel them first: airlock tasks --project ${name}.`,
    details: { unfinished },
  }
}
