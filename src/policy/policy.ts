import type { Digest } from '#kernel/bytes.ts'
import type { Clock } from '#kernel/instant.ts'
import { createEngine, type Engine } from './cedar/engine.ts'
import { roleRules } from './cedar/role-rules.ts'
import type { Rule } from './cedar/rule.ts'
import { STANDING_RULES } from './cedar/standing-rules.ts'
import { type Decision, decide, type Question, withBrokenRule, withProof } from './decide.ts'
import { type Moment, momentOf } from './moment.ts'
import { isAboutPolicies } from './organisation-rules.ts'
import { policyVersion } from './version.ts'

/** All rules of one organisation: its own, what stands, and the matrix of roles. */
export interface Policy {
  /** Names them all; an approval says under which it was given. */
  readonly version: Digest
  readonly engine: Engine
  /** Nothing but what stands and the roles: what is allowed at a place is allowed everywhere within. */
  readonly isStanding: boolean
  /** At another time of day or week than now, where one is given. */
  decide(question: Question, at?: Partial<Moment>): Decision
  /** The time of day and week that it decides at. */
  now(): Moment
}

export interface PolicySurroundings {
  readonly clock: Clock
  /** Where the organisation's clock hangs, such as `Europe/Berlin`. */
  readonly timeZone: string
}

/**
 * `own` are rules that were read and checked. About policies themselves only what stands is asked, so that none shuts out
 * those who could mend it. Where an organisation's rules cannot be read any more, `broken` says why, and nothing else is
 * allowed until they are.
 */
export function createPolicy(
  own: readonly Rule[],
  { clock, timeZone }: PolicySurroundings,
  broken?: string,
): Policy {
  const standing = createEngine([...STANDING_RULES, ...roleRules()])
  const engine = own.length === 0 ? standing : createEngine([...standing.rules, ...own])
  const remembered = new Map<string, Decision>()
  return {
    version: policyVersion(engine),
    engine,
    isStanding: own.length === 0 && broken === undefined,
    now: () => momentOf(clock(), timeZone),
    decide(asked, at = {}) {
      const question = withProof(asked)
      const moment = { ...momentOf(clock(), timeZone), ...at }
      const key = keyOf(question, moment)
      const known = remembered.get(key)
      if (known !== undefined) return known
      const aboutPolicies = isAboutPolicies(question.action)
      const answer = decide(aboutPolicies ? standing : engine, question, moment)
      const decision = broken === undefined || aboutPolicies ? answer : withBrokenRule(answer, broken)
      if (key.length > LONGEST_KEY) return decision
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      remembered.set(key, decision)
      return decision
    },
  }
}

/** A change of the rules makes another policy, with a memory of its own; a change of anything else is another key. */
const MOST_REMEMBERED = 10_000
/** Facts may name thousands of files, and whoever asks for an explanation makes them up. */
const LONGEST_KEY = 4_000

function keyOf({ actor, action, place, facts }: Question, moment: Moment): string {
  const { kind, person, organisation, bindings, narrowedTo, channel } = actor
  return JSON.stringify([
    kind,
    person.id,
    organisation,
    bindings,
    narrowedTo,
    channel,
    action,
    place,
    facts,
    moment,
  ])
}
