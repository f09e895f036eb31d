import type { Failure, FailureCode } from '#kernel/failure.ts'
import { ACTIONS, type ActionName, type Risk } from './action.ts'
import type { Actor } from './actor.ts'
import { rolesAt } from './binding.ts'
import { type ApprovalNeed, TWO_PEOPLE } from './cedar/approval-need.ts'
import type { Engine, Place } from './cedar/engine.ts'
import type { Facts } from './cedar/facts.ts'
import { CONFIRMATIONS, type Confirmation, type Rule } from './cedar/rule.ts'
import { NO_KEY_MAY } from './key.ts'
import type { Moment } from './moment.ts'
import { rankOf, riskOf } from './risk.ts'
import { LEAST_ROLE, type Role } from './role.ts'

/** `deny` beats `confirm` beats `allow`, and silence is `deny`. */
export type Effect = 'allow' | 'confirm' | 'deny'

export interface RuleSpeech {
  readonly rule: string
  readonly effect: Effect
  readonly reason: string
}

/** A rule that enough approvals lift. */
export interface ApprovalRule extends ApprovalNeed {
  readonly rule: string
  readonly reason: string
}

export interface Decision {
  readonly effect: Effect
  /** How it is to be confirmed, when that is the effect; `other-person` where only approvals are asked for. */
  readonly confirm?: Confirmation
  /** What approvals are asked for, whatever else was said; only of approving. */
  readonly approvals?: readonly ApprovalRule[]
  readonly risk: Risk
  /** Every rule that spoke, the strictest first. */
  readonly rules: readonly RuleSpeech[]
  /** The smallest change that would allow it; absent when it is allowed. */
  readonly smallestChange?: string
}

/** What is known of the thing acted upon; an absent fact that a rule needs is a denial. */
export type DecisionFacts = Omit<
  Facts,
  'roles' | 'risk' | 'riskRank' | 'channel' | 'provenance' | 'hour' | 'minute' | 'weekday'
> &
  Partial<Pick<Facts, 'provenance'>>

export interface Question {
  readonly actor: Actor
  readonly action: ActionName
  readonly place: Place
  readonly facts: DecisionFacts
}

/** The question with what the actor proved along with it. */
export function withProof(question: Question): Question {
  const { actor, facts } = question
  return { ...question, facts: { secondFactor: actor.confirmed?.method === 'second-factor', ...facts } }
}

/** The one answer for every surface: all rules are asked, the strictest wins, and nothing said means no. */
export function decide(engine: Engine, question: Question, moment: Moment): Decision {
  const { actor, action, place, facts } = question
  const roles = rolesAt(actor.bindings, place)
  const { risk } = riskOf(action, facts)
  const { permits, forbids, errors } = engine.ask({
    principal: { kind: actor.kind, id: actor.person.id, organisation: actor.organisation },
    action,
    place,
    facts: {
      provenance: 'person',
      ...facts,
      ...moment,
      roles,
      risk,
      riskRank: rankOf(risk),
      channel: actor.channel,
    },
  })
  const opinions = [
    ...errors.map(brokenRule),
    ...forbids.map((rule) => opinionOf(rule, action)),
    ...narrowKey(actor, action),
    ...(permits.length > 0 ? permits.map((rule) => opinionOf(rule, action)) : [noRole(action, roles.at(-1))]),
  ]
  return strictest(opinions, risk)
}

/**
 * Does this actor hold the permission anywhere in their organisation? Asked at the door, before a record is read; where
 * the record turns out to be, `decide` is asked.
 */
export function decideAtDoor(actor: Actor, action: ActionName): Decision {
  const strongest = rolesAt(
    actor.bindings.map(({ role }) => ({ role, at: ANYWHERE })),
    { ...ANYWHERE, within: [] },
  )
  const { permission, risk } = ACTIONS[action]
  const least = LEAST_ROLE[permission]
  const allowed: Opinion = { rule: 'role', effect: 'allow', reason: `The role ${least} holds ${permission}.` }
  const role = strongest.includes(least) ? allowed : noRole(action, strongest.at(-1))
  return strictest([...narrowKey(actor, action), role], risk)
}

const ANYWHERE = { kind: 'Organisation', id: '' } as const

/** Nothing is allowed by rules of which one could not be read: it might have forbidden it. */
export function withBrokenRule(decision: Decision, error: string): Decision {
  const { smallestChange, ...broken } = brokenRule(error)
  return {
    effect: 'deny',
    risk: decision.risk,
    rules: [broken, ...decision.rules],
    ...(smallestChange === undefined ? {} : { smallestChange }),
  }
}

/** A denial, or what is not confirmed yet, as the refusal every surface shows. */
export function refusalOf(decision: Decision): Failure {
  const spoke = decision.rules.find(({ effect }) => effect === decision.effect)
  return {
    code: CODE_OF_RULE[spoke?.rule ?? ''] ?? 'permission_denied',
    message: spoke?.reason ?? 'No rule allows this.',
    rule: spoke?.rule ?? 'default.deny',
    ...(decision.smallestChange === undefined ? {} : { remedy: decision.smallestChange }),
  }
}

/** Rules whose denial programs may want to tell from any other. */
const CODE_OF_RULE: Readonly<Record<string, FailureCode>> = {
  'review.not-own-change': 'self_approval',
}

interface Opinion extends RuleSpeech {
  readonly smallestChange?: string
  readonly confirm?: Confirmation
  readonly approvals?: ApprovalNeed
}

const STRICTNESS: readonly Effect[] = ['allow', 'confirm', 'deny']

function strictest(opinions: readonly Opinion[], risk: Risk): Decision {
  const sorted = opinions.toSorted((a, b) => STRICTNESS.indexOf(b.effect) - STRICTNESS.indexOf(a.effect))
  const rules = sorted.map(({ rule, effect, reason }) => ({ rule, effect, reason }))
  const [first] = sorted
  const effect = first?.effect ?? 'deny'
  if (effect === 'allow') return { effect, risk, rules }
  const approvals = sorted.flatMap(({ rule, reason, approvals: need }): ApprovalRule[] =>
    need === undefined ? [] : [{ rule, reason, ...need }],
  )
  const way = effect === 'confirm' ? strongestOf(sorted) : undefined
  return {
    effect,
    risk,
    rules,
    ...(way === undefined ? {} : { confirm: way }),
    ...(approvals.length === 0 ? {} : { approvals }),
    ...(first?.smallestChange === undefined ? {} : { smallestChange: first.smallestChange }),
  }
}

/** What others approve lifts nothing of what each approver is to confirm themselves. */
function strongestOf(opinions: readonly Opinion[]): Confirmation | undefined {
  const own = CONFIRMATIONS.findLast((way) => opinions.some(({ confirm }) => confirm === way))
  return own ?? (opinions.some(({ approvals }) => approvals !== undefined) ? 'other-person' : undefined)
}

function opinionOf({ name, effect, confirm, approvals, reason, remedy }: Rule, action: ActionName): Opinion {
  if (effect === 'permit') return { rule: name, effect: 'allow', reason }
  const change = remedy === undefined ? {} : { smallestChange: remedy }
  const need = confirm === 'other-person' && action === 'review.approve' ? TWO_PEOPLE : approvals
  if (need !== undefined) return { rule: name, effect: 'confirm', approvals: need, reason, ...change }
  if (confirm === undefined) return { rule: name, effect: 'deny', reason, ...change }
  return { rule: name, effect: 'confirm', confirm, reason, ...change }
}

/** A rule that could not be evaluated might have forbidden it. */
function brokenRule(error: string): Opinion {
  return {
    rule: 'policy.broken',
    effect: 'deny',
    reason: `A policy could not be evaluated: ${error}`,
    smallestChange: 'Ask an administrator to mend the policy.',
  }
}

function narrowKey({ narrowedTo }: Actor, action: ActionName): Opinion[] {
  const { permission } = ACTIONS[action]
  const never = NO_KEY_MAY.includes(permission)
  if (narrowedTo === undefined || (narrowedTo.includes(permission) && !never)) return []
  return [
    {
      rule: 'key.permissions',
      effect: 'deny',
      reason: `The key is not made for ${permission}${never ? ', and none is' : ''}.`,
      smallestChange: never
        ? 'Sign in and do it yourself: airlock login.'
        : `Use a key that is made for ${permission}.`,
    },
  ]
}

function noRole(action: ActionName, strongest: Role | undefined): Opinion {
  const { permission } = ACTIONS[action]
  const least = LEAST_ROLE[permission]
  const has =
    strongest === undefined ? 'and you have no role here' : `which the role ${strongest} does not hold`
  return {
    rule: 'role',
    effect: 'deny',
    reason: `This needs the permission ${permission}, ${has}.`,
    smallestChange: `Ask an owner for the role ${least}, or ask someone who is ${least} to do it.`,
  }
}
