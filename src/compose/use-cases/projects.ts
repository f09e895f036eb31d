import { basename } from 'node:path'
import type { Project, ProjectRequest } from '#contract/api.ts'
import type { ModelPolicy } from '#contract/model-policy.ts'
import { fitsAddress, remoteWith } from '#forge/remote-directory.ts'
import { remoteAddress } from '#forge/remote-url.ts'
import { checkNames } from '#gateway/choose-model.ts'
import type { Application } from '#http/application.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { organisationPlace } from '#policy/place.ts'
import {
  insertProject,
  listProjects,
  type ProjectRow,
  projectByReference,
  projectByUrl,
  setModels,
} from '#store/projects.ts'
import type { Tx } from '#store/schema.ts'
import { logAction } from '#tasks/log-action.ts'
import { mayBegin, permitAtServer } from '#tasks/may-begin.ts'
import { type Permitted, permit } from '#tasks/permit.ts'
import { seenProjects } from '#tasks/seen-projects.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Connecting repositories: only those connected here exist for Airlock. */
export function projectUseCases(
  workshop: Workshop,
): Pick<Application, 'listProjects' | 'createProject' | 'setProjectModels'> {
  const { store } = workshop
  return {
    listProjects: async (actor, { cursor, limit }) => {
      const among = await seenProjects(workshop, actor, 'project.list')
      return store.inOrganisation(actor.organisation, async (tx) => {
        const rows = await listProjects(tx, { after: cursor, among, limit: limit + 1 })
        const items = rows.slice(0, limit).map(projectView)
        const last = items.at(-1)
        return ok(rows.length > limit && last !== undefined ? { items, next: last.name } : { items })
      })
    },
    createProject: (actor, request) => connect(workshop, actor, request),
    setProjectModels: (actor, project, policy) => allowModels(workshop, actor, project, policy),
  }
}

/** Connects a repository once it was really read; asked twice with the same URL it is the same project. */
async function connect(workshop: Workshop, actor: Actor, request: ProjectRequest): Promise<Result<Project>> {
  const url = request.url.replace(/(?<=.)\/+$/, '')
  const address = remoteAddress(url)
  if (!address.ok) return address
  const known = await workshop.store.inOrganisation(actor.organisation, (tx) => projectByUrl(tx, url))
  const { credential } = request
  if (known !== undefined && credential === undefined && (await sees(workshop, actor, known)))
    return ok(projectView(known))
  const readsServerFiles = address.value.kind === 'local' || credential?.kind === 'ssh-key'
  const allowed = await mayConnect(workshop, actor, readsServerFiles)
  if (!allowed.ok) return allowed
  if (credential !== undefined) {
    const fits = fitsAddress(address.value.kind, credential)
    if (!fits.ok) return fits
  }
  if (known !== undefined) return renewed(workshop, actor, known, credential)

  const id = newId('prj', workshop.random)
  const repository = await workshop.repositoryOf(id)
  const fetched = await repository.fetch(remoteWith(url, credential))
  if (!fetched.ok) {
    await workshop.forgetRepository(id)
    return fetched
  }
  const row = await workshop.store.inOrganisation(actor.organisation, async (tx) => {
    const createdAt = instantOf(workshop.clock())
    const inserted = await insertProject(tx, {
      id,
      name: request.name ?? (await freeName(tx, nameFrom(url))),
      url,
      defaultBranch: fetched.value.defaultBranch,
      protectedBranches: request.protectedBranches,
      createdAt,
    })
    if (inserted === undefined) return projectByUrl(tx, url)
    await logAction(tx, workshop.clock, actor, 'project.created', id, { name: inserted.name })
    return inserted
  })
  if (row !== undefined) {
    if (credential !== undefined) await workshop.remotes.keep(row.id, credential)
    return ok(projectView(row))
  }
  await workshop.forgetRepository(id)
  return refused({
    code: 'conflict',
    rule: 'project.name',
    message: `There is a project ${request.name} already.`,
    remedy: 'Choose another name with --name.',
  })
}

/** Whoever connects repositories elsewhere is not told of one that they do not see, by guessing its address. */
async function sees(workshop: Workshop, actor: Actor, { id }: ProjectRow): Promise<boolean> {
  const seen = await mayBegin(workshop, actor, 'project.show', { kind: 'project', reference: id })
  return seen.ok
}

/** What the server's own files are read for is decided at the server, too: those of another organisation may be there. */
async function mayConnect(
  workshop: Workshop,
  actor: Actor,
  readsServerFiles: boolean,
): Promise<Result<Permitted>> {
  const place = organisationPlace(actor.organisation)
  const facts = { readsServerFiles }
  const allowed = await permit(workshop, { actor, action: 'project.create', place, facts })
  if (!allowed.ok || !readsServerFiles) return allowed
  return permitAtServer(workshop, actor, 'project.create', facts)
}

async function allowModels(
  { store, providers, clock }: Workshop,
  actor: Actor,
  reference: string,
  policy: ModelPolicy,
): Promise<Result<Project>> {
  const known = checkNames(await providers.list(), [...policy.allowed, ...(policy.order ?? [])])
  if (!known.ok) return known
  return store.inOrganisation(actor.organisation, async (tx) => {
    const project = await projectByReference(tx, reference)
    if (project === undefined)
      return refused({
        code: 'not_found',
        message: `There is no project ${reference}.`,
        remedy: 'See `airlock project list`.',
      })
    const row = await setModels(tx, project.id, policy)
    await logAction(tx, clock, actor, 'project.models-set', project.id, {
      allowed: policy.allowed.join(' '),
      ...(policy.order === undefined ? {} : { order: policy.order.join(' ') }),
    })
    return ok(projectView(row))
  })
}

/** A new credential for a known project is kept once the repository was read with it. */
async function renewed(
  workshop: Workshop,
  actor: Actor,
  project: ProjectRow,
  credential: ProjectRequest['credential'],
): Promise<Result<Project>> {
  if (credential !== undefined) {
    const repository = await workshop.repositoryOf(project.id)
    const fetched = await repository.fetch(remoteWith(project.url, credential))
    if (!fetched.ok) return fetched
    await workshop.remotes.keep(project.id, credential)
    await workshop.store.inOrganisation(actor.organisation, (tx) =>
      logAction(tx, workshop.clock, actor, 'project.credential-changed', project.id, {
        kind: credential.kind,
      }),
    )
  }
  return ok(projectView(project))
}

export function projectView(row: ProjectRow): Project {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    ...(row.defaultBranch === null ? {} : { defaultBranch: row.defaultBranch }),
    protectedBranches: [...row.protectedBranches],
    ...(row.models === null ? {} : { models: row.models }),
    createdAt: row.createdAt,
  }
}

/** The last part of a path or URL, in the letters a project's name may have. */
function nameFrom(url: string): string {
  const last =
    basename(url.replace(/\.git$/, ''))
      .split(':')
      .at(-1) ?? ''
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
  return name.slice(0, 60) || 'project'
}

async function freeName(tx: Tx, wanted: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`
    if ((await projectByReference(tx, name)) === undefined) return name
  }
}
