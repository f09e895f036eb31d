import type { Json } from '#kernel/canonical-json.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { settle, toSecond } from '#policy/confirmation.ts'
import type { Decision, Question } from '#policy/decide.ts'
import { recordedQuestion } from '#policy/recorded-question.ts'
import { rankOf } from '#policy/risk.ts'
import { insertDecision } from '#store/decisions.ts'
import { withOwnRoleAge } from './role-age.ts'
import { secondPerson } from './second-person.ts'
import type { Workshop } from './workshop.ts'

/** Under which rules something was allowed, for the log. */
export interface Permitted {
  readonly decision: Decision
  readonly policyVersion: string
}

/** From here on what was asked and how it was answered is kept, so that changed policies can be tried on it. */
const KEPT_FROM = rankOf('high')

/**
 * May it be done, and was it confirmed where it must be? Asks the policies as they are now. Opens transactions of its own:
 * not to be called within one. `about` is for the eyes of a second person, where a rule wants one: the request, unless
 * something tells it better.
 */
export async function permit(
  workshop: Workshop,
  asked: Question,
  about?: string,
): Promise<Result<Permitted>> {
  const question = await withOwnRoleAge(workshop, asked)
  const { organisation, asks } = question.actor
  const policy = await workshop.policyOf(organisation)
  const decision = policy.decide(question)
  if (rankOf(decision.risk) >= KEPT_FROM)
    await workshop.store.inOrganisation(organisation, (tx) =>
      insertDecision(tx, {
        id: newId('dec', workshop.random),
        at: instantOf(workshop.clock()),
        action: question.action,
        question: recordedQuestion(question, policy.now()),
        effect: decision.effect,
      }),
    )
  if (decision.confirm === 'other-person' && question.action !== 'review.approve') {
    const seconded = await secondPerson(workshop, question, about ?? (await asks?.()) ?? '')
    return seconded.given
      ? ok({ decision, policyVersion: policy.version })
      : refused(toSecond(decision, seconded.id))
  }
  const settled = settle(decision, question, policy.version)
  return settled.ok ? ok({ decision, policyVersion: policy.version }) : settled
}

/** A decision as the log keeps it: what allowed it, and under which rules. */
export function decisionForLog({ decision, policyVersion }: Permitted): { readonly [key: string]: Json } {
  return { risk: decision.risk, rules: decision.rules.map(({ rule }) => rule), policy: policyVersion }
}
