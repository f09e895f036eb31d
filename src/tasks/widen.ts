import {
  type EgressRule,
  type EgressTarget,
  type EgressView,
  routeOf,
  targetText,
  type WideningRequest,
} from '#contract/egress.ts'
import type { Json } from '#kernel/canonical-json.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { allowEgress, revokeEgress, standingAllowances } from '#store/egress.ts'
import { appendEvents } from '#store/events.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { type EgressPlace, egressAt, findProject, idsOf } from './egress-view.ts'
import { logAction } from './log-action.ts'
import { textForLog } from './log-text.ts'
import { findTask } from './reference.ts'
import type { Workshop } from './workshop.ts'

/** A person opens a host for one task: from its next attempt on, and for setup alone. */
export async function widenTask(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  request: WideningRequest,
): Promise<Result<EgressView>> {
  const task = await findTask(workshop.store, actor.organisation, reference)
  if (!task.ok) return task
  if (task.value.state === 'published') return refused(isOver(task.value))
  return allow(workshop, actor, { kind: 'task', task: task.value }, request)
}

/** A person opens a host for every task whose base names it in airlock.yaml. */
export async function widenProject(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  request: WideningRequest,
): Promise<Result<EgressView>> {
  const project = await findProject(workshop.store, actor.organisation, reference)
  if (!project.ok) return project
  return allow(workshop, actor, { kind: 'project', project: project.value }, request)
}

export async function narrowTask(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  target: EgressTarget,
): Promise<Result<EgressView>> {
  const task = await findTask(workshop.store, actor.organisation, reference)
  if (!task.ok) return task
  return revoke(workshop, actor, { kind: 'task', task: task.value }, target)
}

export async function narrowProject(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  target: EgressTarget,
): Promise<Result<EgressView>> {
  const project = await findProject(workshop.store, actor.organisation, reference)
  if (!project.ok) return project
  return revoke(workshop, actor, { kind: 'project', project: project.value }, target)
}

/** Nobody should open more by hand than a person can still look through. */
const MOST_ALLOWED = 100

async function allow(
  workshop: Workshop,
  actor: Actor,
  place: EgressPlace,
  { reason, ...rule }: WideningRequest,
): Promise<Result<EgressView>> {
  const { clock, random, store } = workshop
  const target = targetText(routeOf(rule))
  return store.inOrganisation(actor.organisation, async (tx) => {
    const { project, task } = idsOf(place)
    const standing = await standingAllowances(tx, project, task)
    const others = standing.filter((each) => each.target !== target && each.task === (task ?? null))
    if (others.length >= MOST_ALLOWED) return refused(TOO_MANY)
    await allowEgress(tx, {
      id: newId('alw', random),
      project,
      task,
      rule: withoutUndefined(rule),
      reason,
      allowedBy: actor.person,
      allowedAt: instantOf(clock()),
    })
    const { methods, paths } = routeOf(rule).bounds[0] ?? {}
    await tell(workshop, tx, actor, place, 'allowed', target, {
      reason: await textForLog(workshop, tx, actor, task ?? project, reason),
      ...(methods === undefined || paths === undefined ? {} : { methods: [...methods], paths: [...paths] }),
    })
    return ok(await egressAt(tx, place))
  })
}

async function revoke(
  workshop: Workshop,
  actor: Actor,
  place: EgressPlace,
  asked: EgressTarget,
): Promise<Result<EgressView>> {
  const target = targetText(routeOf(withoutUndefined(asked)))
  return workshop.store.inOrganisation(actor.organisation, async (tx) => {
    const revokedAt = instantOf(workshop.clock())
    if (!(await revokeEgress(tx, { ...idsOf(place), target, revokedAt }))) return refused(notAllowed(target))
    await tell(workshop, tx, actor, place, 'revoked', target, {})
    return ok(await egressAt(tx, place))
  })
}

/** The audit log is told of every word; a task's own events besides, for who watches it. */
async function tell(
  { clock }: Workshop,
  tx: Tx,
  actor: Actor,
  place: EgressPlace,
  action: 'allowed' | 'revoked',
  target: string,
  data: { readonly [key: string]: Json },
): Promise<void> {
  const { project, task } = idsOf(place)
  await logAction(tx, clock, actor, `egress.${action}`, task ?? project, { target, ...data })
  if (place.kind === 'project') return
  const body = { kind: 'egress' as const, action, target, by: actor.person.name }
  await appendEvents(tx, {
    task: place.task.id,
    attempt: place.task.attempt,
    events: [{ at: instantOf(clock()), body }],
  })
}

function withoutUndefined<T extends object>(rule: T): EgressRule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as EgressRule
}

function isOver({ number }: TaskRow) {
  return {
    code: 'wrong_state' as const,
    rule: 'egress.next-attempt',
    message: `Task ${number} is published: there is no next attempt that could use it.`,
    remedy: 'Ask for the change again, and widen that task; or allow the host for the project.',
  }
}

const TOO_MANY = {
  code: 'conflict' as const,
  rule: 'egress.most-allowed',
  message: `So many hosts are allowed (${MOST_ALLOWED}) that nobody can look them through.`,
  remedy: 'Take some back with --revoke first.',
}

function notAllowed(target: string) {
  return {
    code: 'not_found' as const,
    message: `Nobody has allowed ${target} here.`,
    remedy: 'See what is allowed by leaving the host out.',
  }
}
