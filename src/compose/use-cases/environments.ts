import type { Environment } from '#contract/places.ts'
import type { Application } from '#http/application.ts'
import type { Failure } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { isDuplicate } from '#store/database-failure.ts'
import {
  type EnvironmentRow,
  environmentByReference,
  insertEnvironment,
  listEnvironments,
  MOST_ENVIRONMENTS,
  removeEnvironments,
  renameEnvironment,
} from '#store/environments.ts'
import { holdProject, type ProjectRow } from '#store/projects.ts'
import { endBindings } from '#store/role-bindings.ts'
import { removeSecretsOf } from '#store/secrets.ts'
import { findProject } from '#tasks/egress-view.ts'
import { logAction } from '#tasks/log-action.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { endedForLog } from './ended-for-log.ts'

/** Where the work of a project ends up, each with secrets and roles of its own. */
export function environmentUseCases(
  workshop: Workshop,
): Pick<Application, 'listEnvironments' | 'createEnvironment' | 'renameEnvironment' | 'removeEnvironment'> {
  const { store, clock, random } = workshop
  return {
    listEnvironments: async ({ organisation }, reference) => {
      const project = await findProject(store, organisation, reference)
      if (!project.ok) return project
      const rows = await store.inOrganisation(organisation, (tx) => listEnvironments(tx, project.value.id))
      return ok({ items: rows.map(environmentView) })
    },

    createEnvironment: async (actor, reference, name) => {
      const project = await findProject(store, actor.organisation, reference)
      if (!project.ok) return project
      const { id } = project.value
      return store.inOrganisation(actor.organisation, async (tx) => {
        if ((await holdProject(tx, id, 'work')) === undefined) return refused(gone(project.value))
        if ((await listEnvironments(tx, id)).length >= MOST_ENVIRONMENTS) return refused(tooMany())
        const made = { id: newId('env', random), project: id, name, createdAt: instantOf(clock()) }
        const row = await insertEnvironment(tx, made)
        if (row === undefined) return refused(taken(project.value, name))
        await logAction(tx, clock, actor, 'environment.created', row.id, { project: id, name })
        return ok(environmentView(row))
      })
    },

    renameEnvironment: async (actor, reference, environment, name) => {
      const found = await find(workshop, actor.organisation, reference, environment)
      if (!found.ok) return found
      const { project, row: before } = found.value
      try {
        return await store.inOrganisation(actor.organisation, async (tx) => {
          const row = await renameEnvironment(tx, before.id, name)
          if (row === undefined) return refused(absent(reference, environment))
          const names = { project: project.id, before: before.name, after: name }
          await logAction(tx, clock, actor, 'environment.renamed', row.id, names)
          return ok(environmentView(row))
        })
      } catch (thrown) {
        if (isDuplicate(thrown)) return refused(taken(project, name))
        throw thrown
      }
    },

    removeEnvironment: async (actor, reference, environment) => {
      const found = await find(workshop, actor.organisation, reference, environment)
      if (!found.ok) return found
      const { project, row } = found.value
      return store.inOrganisation(actor.organisation, async (tx) => {
        const at = instantOf(clock())
        const [removed] = await removeEnvironments(tx, { id: row.id }, at)
        if (removed === undefined) return refused(absent(reference, environment))
        const ended = await endBindings(tx, { places: [removed] }, at)
        const secrets = await removeSecretsOf(tx, { environment: removed })
        const data = { project: project.id, name: row.name, secrets, ended: endedForLog(ended) }
        await logAction(tx, clock, actor, 'environment.removed', removed, data)
        return ok(undefined)
      })
    },
  }
}

async function find(
  { store }: Workshop,
  organisation: string,
  reference: string,
  environment: string,
): Promise<Result<{ readonly project: ProjectRow; readonly row: EnvironmentRow }>> {
  const project = await findProject(store, organisation, reference)
  if (!project.ok) return project
  const row = await store.inOrganisation(organisation, (tx) =>
    environmentByReference(tx, project.value.id, environment),
  )
  return row === undefined ? refused(absent(reference, environment)) : ok({ project: project.value, row })
}

function environmentView({ id, name, createdAt }: EnvironmentRow): Environment {
  return { id, name, createdAt }
}

function absent(project: string, environment: string): Failure {
  return {
    code: 'not_found',
    message: `There is no environment ${project}/${environment}.`,
    remedy: 'See `airlock environment list`.',
  }
}

function gone({ name }: ProjectRow): Failure {
  return {
    code: 'not_found',
    message: `There is no project ${name}.`,
    remedy: 'See `airlock project list`.',
  }
}

function taken(project: ProjectRow, name: string): Failure {
  return {
    code: 'conflict',
    rule: 'environment.name',
    message: `${project.name} has an environment ${name} already.`,
    remedy: 'Choose another name.',
  }
}

function tooMany(): Failure {
  return {
    code: 'conflict',
    rule: 'environment.many',
    message: `A project has at most ${MOST_ENVIRONMENTS} environments.`,
    remedy: 'Remove one first.',
  }
}
