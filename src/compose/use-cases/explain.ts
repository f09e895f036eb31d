import type { ExplainRequest, Explanation } from '#contract/policy.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import type { DecisionFacts, Question } from '#policy/decide.ts'
import { WrittenFacts } from '#policy/examples.ts'
import type { Moment } from '#policy/moment.ts'
import { AT_SERVER, serverPlace } from '#policy/place.ts'
import { riskOf } from '#policy/risk.ts'
import { approvalQuestion } from '#review/approval-question.ts'
import { asCountedAt } from '#tasks/counted-at.ts'
import { type PlaceReference, placeOf } from '#tasks/place-of.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** How a question would be answered now, with every rule that speaks. Nothing is done, and nothing is kept. */
export async function explain(
  workshop: Workshop,
  asker: Actor,
  request: ExplainRequest,
): Promise<Result<Explanation>> {
  if (!isAction(request.action)) return unknownAction(request.action)
  const supposed = suppositionOf(request.facts)
  if (!supposed.ok) return supposed
  const { moment, channel = asker.channel, facts: madeUp } = supposed.value
  const self = request.as === undefined ? asker : memberOf(asker.organisation, SOMEBODY, request.as)
  const found = await questionOf(workshop, asker, { ...self, channel }, request.action, request)
  if (!found.ok) return found
  const facts = { ...found.value.facts, ...madeUp }
  const policy = await workshop.policyOf(asker.organisation)
  const decision = policy.decide({ ...found.value, facts }, moment)
  return ok({
    action: request.action,
    effect: decision.effect,
    ...(decision.confirm === undefined ? {} : { confirm: decision.confirm }),
    ...(decision.approvals === undefined
      ? {}
      : { approvals: decision.approvals.map(({ reason: _, ...need }) => need) }),
    risk: decision.risk,
    riskReasons: riskOf(request.action, facts).reasons.map(({ reason }) => reason),
    rules: decision.rules.map((rule) => ({ ...rule })),
    ...(decision.smallestChange === undefined ? {} : { smallestChange: decision.smallestChange }),
    facts: { ...facts },
    policyVersion: policy.version,
  })
}

const SOMEBODY = { id: 'usr_somebody', name: 'Somebody', email: 'somebody@example.org' }

interface Supposition {
  readonly moment: Partial<Moment>
  readonly channel?: string
  readonly facts: DecisionFacts
}

/** What somebody wants to be so: when, by which way, and of what. */
function suppositionOf(given: ExplainRequest['facts'] = {}): Result<Supposition> {
  const read = WrittenFacts.safeParse(given)
  if (read.success) {
    const { hour, minute, weekday, channel, ...facts } = read.data
    const moment = withoutUndefined({ hour, minute, weekday })
    return ok({ moment, facts: withoutUndefined(facts), ...withoutUndefined({ channel }) } as Supposition)
  }
  const [issue] = read.error.issues
  return refused({
    code: 'invalid_input',
    rule: 'policy.facts',
    message: `No rule could see such a fact: ${[...(issue?.path ?? []), issue?.message ?? ''].join(' ')}.`,
    remedy: 'docs/policies.md lists the facts and their kinds.',
  })
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined))
}

/** Only about what the asker themself may see; for somebody else it is then asked what they could do. */
async function questionOf(
  workshop: Workshop,
  asker: Actor,
  actor: Actor,
  action: ActionName,
  { task, project, environment }: ExplainRequest,
): Promise<Result<Question>> {
  const { store } = workshop
  const { organisation } = asker
  if (AT_SERVER.includes(action)) {
    const place = serverPlace()
    return ok({ actor: await asCountedAt(workshop, actor, place), action, place, facts: {} })
  }
  const found = await placeOf(store, organisation, referenceOf(task, project, environment))
  if (!found.ok) return found
  const policy = await workshop.policyOf(organisation)
  const { place, facts, readBy, absent } = found.value
  const seen = policy.decide({ actor: asker, action: readBy, place, facts })
  if (seen.rules.some(({ rule, effect }) => rule === 'role' && effect === 'deny')) return refused(absent)
  if (task === undefined) return ok({ actor, action, place, facts })
  const row = await findTask(store, organisation, task)
  if (!row.ok) return row
  const asked = await store.inOrganisation(organisation, (tx) => approvalQuestion(tx, actor, row.value))
  return ok({ ...asked, action })
}

function referenceOf(task?: string, project?: string, environment?: string): PlaceReference {
  if (task !== undefined) return { kind: 'task', reference: task }
  if (project === undefined) return { kind: 'organisation' }
  if (environment === undefined) return { kind: 'project', reference: project }
  return { kind: 'environment', project, reference: environment }
}

function isAction(name: string): name is ActionName {
  return Object.hasOwn(ACTIONS, name)
}

function unknownAction(name: string): Result<never> {
  return refused({
    code: 'invalid_input',
    rule: 'policy.action',
    message: `There is no action ${name}.`,
    remedy: 'Name one of docs/roles.md, such as review.approve.',
  })
}
