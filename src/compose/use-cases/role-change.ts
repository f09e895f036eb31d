import type { PlaceOfRole, RoleChange, RoleGrant } from '#contract/places.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import type { DecisionFacts } from '#policy/decide.ts'
import { isAtLeast, type Role, strongestOf } from '#policy/role.ts'
import { projectById } from '#store/projects.ts'
import type { Tx } from '#store/schema.ts'
import { logAction } from '#tasks/log-action.ts'
import { permitAt } from '#tasks/may-begin.ts'
import { decisionForLog } from '#tasks/permit.ts'
import { type FoundPlace, placeOf, placeOfProject } from '#tasks/place-of.ts'
import { MANY_MINUTES, roleAge } from '#tasks/role-age.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { isLastOwner, lastOwner } from './last-owner.ts'
import { findSubject, roleOf, type Subject, writeRole } from './role-subject.ts'

interface Change {
  readonly subject: RoleGrant['subject']
  readonly at: PlaceOfRole
  /** Absent where a role is taken away. */
  readonly role?: Role
}

/** Gives somebody a role at a place instead of what they were there, or takes it away. */
export async function changeRole(
  workshop: Workshop,
  actor: Actor,
  change: Change,
): Promise<Result<RoleChange>> {
  const { store, clock } = workshop
  const { organisation } = actor
  const place = await placeOfChange(store, organisation, change)
  if (!place.ok) return place
  const at = { kind: place.value.place.kind, id: place.value.place.id }
  const known = await store.inOrganisation(organisation, async (tx) => {
    const subject = await findSubject(tx, change.subject)
    const before = subject && (await roleOf(tx, subject, at))
    return { subject, before, facts: await factsOf(workshop, tx, actor, subject, change.role, before) }
  })
  const action = change.role === undefined ? 'role.revoke' : 'role.grant'
  const about = `${change.role ?? 'no role'} for ${known.subject?.name ?? 'nobody'} (${known.subject?.id ?? ''}), who is ${known.before ?? 'nothing'} there`
  const allowed = await permitAt(workshop, actor, action, place.value, known.facts, about)
  if (!allowed.ok) return allowed
  const { subject, before } = known
  if (subject === undefined) return nobody(change.subject)
  const after = change.role ?? (keepsRole(subject, at) ? 'member' : undefined)
  if (change.role === 'member' && !keepsRole(subject, at)) return onlyInOrganisation(change)
  if (change.role === undefined && (before === undefined || before === after)) return hasNone(subject)
  const { kind, id, name } = subject
  const answer = { subject: { kind, id, name }, at: { kind: at.kind.toLowerCase(), id: at.id } }
  const told = {
    ...answer,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }
  if (before === after) return ok(told)
  const alone = (await store.organisations()).length === 1
  return store.inOrganisation(organisation, async (tx) => {
    if (before === 'owner' && (await isLastOwner(tx, subject, at, alone))) return lastOwner(subject, at)
    const when = instantOf(clock())
    const giving = { id: newId('bnd', workshop.random), givenBy: actor.person, at: when }
    if (!(await writeRole(tx, subject, at, { before, after, giving }))) return changedMeanwhile(subject)
    await logAction(tx, clock, actor, change.role === undefined ? 'role.revoked' : 'role.granted', id, {
      ...{ kind, at: `${at.kind} ${at.id}`, before: before ?? '', after: after ?? '' },
      ...decisionForLog(allowed.value),
    })
    return ok(told)
  })
}

/** What was given at a project is taken away there even after it was disconnected, when its tasks are all that is left. */
async function placeOfChange(
  store: Workshop['store'],
  organisation: string,
  { at, role }: Change,
): Promise<Result<FoundPlace>> {
  const found = await placeOf(store, organisation, referenceOf(at))
  if (found.ok || at.kind !== 'project' || role !== undefined) return found
  const project = await store.inOrganisation(organisation, (tx) => projectById(tx, at.project))
  if (project === undefined) return found
  return ok({ ...placeOfProject(project), readBy: 'project.list', absent: found.failure })
}

/** What is given is also what would be taken: whoever changes an owner into a viewer takes an owner's role away. */
async function factsOf(
  { clock }: Workshop,
  tx: Tx,
  actor: Actor,
  subject: Subject | undefined,
  role: Role | undefined,
  before: Role | undefined,
): Promise<DecisionFacts> {
  const lowers = role === undefined || (before !== undefined && isAtLeast(before, role))
  return {
    givenRole: strongestOf([role ?? 'member', before ?? 'member']),
    minutesSinceRoleChange:
      subject === undefined || lowers ? MANY_MINUTES : await roleAge(tx, clock, subject.id),
    minutesSinceOwnRoleChange: await roleAge(tx, clock, actor.person.id),
  }
}

function referenceOf(at: PlaceOfRole): Parameters<typeof placeOf>[2] {
  switch (at.kind) {
    case 'team':
      return { kind: at.kind, reference: at.team }
    case 'project':
      return { kind: at.kind, reference: at.project }
    case 'environment':
      return { kind: at.kind, project: at.project, reference: at.environment }
    default:
      return { kind: at.kind }
  }
}

/** Those who are something in the whole organisation by belonging to it, be it a mere member. */
function keepsRole(subject: Subject, at: { readonly kind: FoundPlace['place']['kind'] }): boolean {
  return at.kind === 'Organisation' && subject.kind !== 'team'
}

function nobody({ kind, reference }: Change['subject']): Result<never> {
  const listed = { person: 'people', team: 'team', 'service-account': 'service-accounts' }[kind]
  return refused({
    code: 'not_found',
    message: `There is no ${kind.replace('-', ' ')} ${reference}.`,
    remedy: `See \`airlock ${listed} list\`.`,
  })
}

function hasNone({ name }: Subject): Result<never> {
  return refused({
    code: 'not_found',
    message: `${name} has no role there to take away.`,
    remedy: 'See `airlock role list`, and `airlock people list` for the whole organisation.',
  })
}

function onlyInOrganisation({ subject }: Change): Result<never> {
  return refused({
    code: 'invalid_input',
    rule: 'role.member',
    message:
      subject.kind === 'team'
        ? 'A team is no member: it has a role or none.'
        : 'A member is what somebody is in the whole organisation; elsewhere they have a role or none.',
    remedy: 'Take the role away with `airlock role revoke`.',
  })
}

function changedMeanwhile({ name }: Subject): Result<never> {
  return refused({
    code: 'conflict',
    rule: 'role.changed',
    message: `The role of ${name} changed while this was being done.`,
    remedy: 'Look at `airlock role list`, then try again.',
  })
}
