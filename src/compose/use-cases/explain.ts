import type { ExplainRequest, Explanation } from '#contract/policy.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import type { Question } from '#policy/decide.ts'
import { organisationPlace } from '#policy/place.ts'
import { riskOf } from '#policy/risk.ts'
import { approvalQuestion } from '#review/approval-question.ts'
import { projectByReference } from '#store/projects.ts'
import { placeOfProject } from '#tasks/place-of.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** How a question would be answered now, with every rule that speaks. Nothing is done, and nothing is kept. */
export async function explain(
  workshop: Workshop,
  asker: Actor,
  request: ExplainRequest,
): Promise<Result<Explanation>> {
  if (!isAction(request.action)) return unknownAction(request.action)
  const actor = request.as === undefined ? asker : memberOf(asker.organisation, SOMEBODY, request.as)
  const question = await questionOf(workshop, actor, request.action, request)
  if (!question.ok) return question
  const policy = await workshop.policyOf(asker.organisation)
  const decision = policy.decide(question.value)
  const { facts } = question.value
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

async function questionOf(
  { store }: Workshop,
  actor: Actor,
  action: ActionName,
  { task, project }: ExplainRequest,
): Promise<Result<Question>> {
  const { organisation } = actor
  if (task !== undefined) {
    const found = await findTask(store, organisation, task)
    if (!found.ok) return found
    const asked = await store.inOrganisation(organisation, (tx) => approvalQuestion(tx, actor, found.value))
    return ok({ ...asked, action })
  }
  if (project === undefined) return ok({ actor, action, place: organisationPlace(organisation), facts: {} })
  const found = await store.inOrganisation(organisation, (tx) => projectByReference(tx, project))
  if (found !== undefined) return ok({ actor, action, ...placeOfProject(found) })
  return refused({
    code: 'not_found',
    message: `There is no project ${project}.`,
    remedy: 'See `airlock project list`.',
  })
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
