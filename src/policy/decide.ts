import type { Failure, FailureCode } from '#kernel/failure.ts'
import { ACTIONS, type ActionName } from './action.ts'
import type { Actor } from './actor.ts'
import { holds, isAtLeast, LEAST_ROLE } from './role.ts'

/** What a rule said. `deny` beats `allow`, and silence is `deny`. */
export type Effect = 'allow' | 'deny'

export interface RuleSpeech {
  readonly rule: string
  readonly effect: Effect
  readonly reason: string
}

export interface Decision {
  readonly effect: Effect
  /** Every rule that spoke, in the order they were asked. */
  readonly rules: readonly RuleSpeech[]
  /** The smallest change that would allow it; absent when it is allowed. */
  readonly smallestChange?: string
}

/** What is acted upon. `requester` is who asked for the change, where the resource is a task. */
export interface Resource {
  readonly organisation: string
  readonly requester?: string
}

/** What the rules need to know beyond the resource. An absent fact that a rule needs is a denial. */
export interface DecisionFacts {
  /** How many people of the organisation could approve a change, the actor included. */
  readonly approvers?: number
  /** Whether a project would be reached through files of the server: a local path, or a key file. */
  readonly readsServerFiles?: boolean
}

export interface Question {
  readonly actor: Actor
  readonly action: ActionName
  readonly resource: Resource
  readonly facts: DecisionFacts
}

/** The one answer for every surface: all rules are asked, the strictest wins, and nothing said means no. */
export function decide(question: Question): Decision {
  return strictest([
    sameOrganisation(question),
    roleHolds(question),
    requesterDoesNotApprove(question),
    serverFilesAreTheOwners(question),
  ])
}

/**
 * May this actor do such a thing at all, whatever the record turns out to be? Asked at the door, before a record is
 * read; the use case asks `decide` again where a rule needs the record.
 */
export function decideAtDoor(actor: Actor, action: ActionName): Decision {
  return strictest([roleHolds({ actor, action })])
}

/** A denial as the refusal every surface shows. */
export function refusalOf(decision: Decision): Failure {
  const spoke = decision.rules.find((speech) => speech.effect === 'deny')
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
}

function strictest(opinions: readonly (Opinion | undefined)[]): Decision {
  const spoken = opinions.filter((opinion) => opinion !== undefined)
  const rules = spoken.map(({ rule, effect, reason }) => ({ rule, effect, reason }))
  const denial = spoken.find((opinion) => opinion.effect === 'deny')
  if (denial === undefined && spoken.length > 0) return { effect: 'allow', rules }
  const smallestChange = denial?.smallestChange
  return { effect: 'deny', rules, ...(smallestChange === undefined ? {} : { smallestChange }) }
}

function sameOrganisation({ actor, resource }: Question): Opinion | undefined {
  if (actor.organisation === resource.organisation) return undefined
  return {
    rule: 'organisation.boundary',
    effect: 'deny',
    reason: 'This belongs to another organisation.',
    smallestChange: 'Sign in as a member of that organisation.',
  }
}

function roleHolds({ actor, action }: Pick<Question, 'actor' | 'action'>): Opinion {
  const { permission } = ACTIONS[action]
  if (holds(actor.role, permission))
    return { rule: 'role', effect: 'allow', reason: `The role ${actor.role} holds ${permission}.` }
  const least = LEAST_ROLE[permission]
  return {
    rule: 'role',
    effect: 'deny',
    reason: `This needs the permission ${permission}, which the role ${actor.role} does not hold.`,
    smallestChange: `Ask an owner for the role ${least}, or ask someone who is ${least} to do it.`,
  }
}

/** Whoever connects a local path or names a key file reads with the rights of the server's user: the owner's to give. */
function serverFilesAreTheOwners({ actor, action, facts }: Question): Opinion | undefined {
  if (action !== 'project.create') return undefined
  const rule = 'project.server-files'
  if (facts.readsServerFiles === false) return undefined
  if (facts.readsServerFiles === true && isAtLeast(actor.role, 'owner'))
    return { rule, effect: 'allow', reason: "An owner may have the server's own files read." }
  return {
    rule,
    effect: 'deny',
    reason: "A local path or a key file is read with the rights of the server's user.",
    smallestChange: 'Ask an owner to connect it, or connect it by an http(s) address.',
  }
}

function requesterDoesNotApprove({ actor, action, resource, facts }: Question): Opinion | undefined {
  if (action !== 'review.approve') return undefined
  const rule = 'review.not-own-change'
  if (resource.requester === undefined || facts.approvers === undefined)
    return {
      rule,
      effect: 'deny',
      reason: 'It is not known who asked for this change, or who could approve it.',
    }
  if (resource.requester !== actor.person.id)
    return { rule, effect: 'allow', reason: 'The approver is not the one who asked for the change.' }
  if (facts.approvers < 2)
    return { rule, effect: 'allow', reason: 'Nobody else in this organisation could approve it.' }
  return {
    rule,
    effect: 'deny',
    reason: 'Whoever asked for a change does not approve it when somebody else could.',
    smallestChange: 'Ask another maintainer or owner to review it.',
  }
}
