import { type EgressAllowance, type EgressView, routeOf } from '#contract/egress.ts'
import { covers } from '#gateway/egress/policy.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import {
  type EgressAllowanceRow,
  type EgressRequestRow,
  egressRequestsOf,
  projectEgressRequests,
  standingAllowances,
} from '#store/egress.ts'
import { type ProjectRow, projectByReference } from '#store/projects.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { findTask } from './reference.ts'
import { egressUnder } from './setup-egress.ts'
import type { Workshop } from './workshop.ts'

/** For whom a host is opened: one task, or whatever tasks of a project name it. */
export type EgressPlace =
  | { readonly kind: 'task'; readonly task: TaskRow }
  | { readonly kind: 'project'; readonly project: ProjectRow }

/** What a task asked for and what it may reach from its next attempt on. */
export async function egressOfTask(
  { store }: Workshop,
  actor: Actor,
  reference: string,
): Promise<Result<EgressView>> {
  const task = await findTask(store, actor.organisation, reference)
  if (!task.ok) return task
  return ok(await store.inOrganisation(actor.organisation, (tx) => taskEgress(tx, task.value)))
}

export async function egressOfProject(
  { store }: Workshop,
  actor: Actor,
  reference: string,
): Promise<Result<EgressView>> {
  const project = await findProject(store, actor.organisation, reference)
  if (!project.ok) return project
  return ok(await store.inOrganisation(actor.organisation, (tx) => projectEgress(tx, project.value)))
}

/** What a task asked for, with whether anybody has allowed it; for whoever has the task at hand. */
export async function taskEgress(tx: Tx, task: TaskRow): Promise<EgressView> {
  const standing = await standingAllowances(tx, task.project, task.id)
  const { routes } = egressUnder(task.projectFile, standing)
  const requests = await egressRequestsOf(tx, task.id)
  return {
    requests: requests.map((request) =>
      requestView(request, !routes.some((route) => covers(route, request))),
    ),
    allowed: standing.map(allowanceView),
  }
}

export function egressAt(tx: Tx, place: EgressPlace): Promise<EgressView> {
  return place.kind === 'task' ? taskEgress(tx, place.task) : projectEgress(tx, place.project)
}

async function projectEgress(tx: Tx, project: ProjectRow): Promise<EgressView> {
  const standing = await standingAllowances(tx, project.id)
  const requests = await projectEgressRequests(tx, project.id)
  const isAllowed = ({ target }: EgressRequestRow) => standing.some((each) => each.target === target)
  return {
    requests: requests.map((request) => requestView(request, !isAllowed(request))),
    allowed: standing.map(allowanceView),
  }
}

export function idsOf(place: EgressPlace): { readonly project: string; readonly task: string | undefined } {
  if (place.kind === 'project') return { project: place.project.id, task: undefined }
  return { project: place.task.project, task: place.task.id }
}

function requestView(row: EgressRequestRow, open: boolean): EgressView['requests'][number] {
  const { scheme, host, port, method, path, origin, times, firstAt, lastAt } = row
  const plain = method === '' ? {} : { method, path }
  return { scheme, host, port, ...plain, phase: 'prepare', origin, times, firstAt, lastAt, open }
}

function allowanceView(row: EgressAllowanceRow): EgressAllowance {
  const { scheme, host, port, bounds } = routeOf(row.rule)
  const [plain] = bounds
  return {
    id: row.id,
    ...{ scheme, host, port },
    ...(plain === undefined ? {} : { methods: [...plain.methods], paths: [...plain.paths] }),
    for: row.task === null ? 'project' : 'task',
    reason: row.reason,
    allowedBy: row.allowedBy,
    allowedAt: row.allowedAt,
  }
}

export async function findProject(
  store: Workshop['store'],
  organisation: string,
  reference: string,
): Promise<Result<ProjectRow>> {
  const project = await store.inOrganisation(organisation, (tx) => projectByReference(tx, reference))
  if (project !== undefined) return ok(project)
  return refused({
    code: 'not_found',
    message: `There is no project ${reference}.`,
    remedy: 'See `airlock project list`.',
  })
}
