import type { Digest } from '#kernel/bytes.ts'
import type { Clock } from '#kernel/instant.ts'
import { createEngine, type Engine } from './cedar/engine.ts'
import { roleRules } from './cedar/role-rules.ts'
import type { Rule } from './cedar/rule.ts'
import { STANDING_RULES } from './cedar/standing-rules.ts'
import { type Decision, decide, type Question } from './decide.ts'
import { type Moment, momentOf } from './moment.ts'
import { policyVersion } from './version.ts'

/** All rules of one organisation: its own, what stands, and the matrix of roles. */
export interface Policy {
  /** Names them all; an approval says under which it was given. */
  readonly version: Digest
  readonly engine: Engine
  decide(question: Question): Decision
}

export interface PolicySurroundings {
  readonly clock: Clock
  /** Where the organisation's clock hangs, such as `Europe/Berlin`. */
  readonly timeZone: string
}

/** `own` are rules that `readRules` has checked. */
export function createPolicy(own: readonly Rule[], { clock, timeZone }: PolicySurroundings): Policy {
  const engine = createEngine([...STANDING_RULES, ...roleRules(), ...own])
  const remembered = new Map<string, Decision>()
  return {
    version: policyVersion(engine),
    engine,
    decide(question) {
      const moment = momentOf(clock(), timeZone)
      const key = keyOf(question, moment)
      const known = remembered.get(key)
      if (known !== undefined) return known
      const decision = decide(engine, question, moment)
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      remembered.set(key, decision)
      return decision
    },
  }
}

/** A change of the rules makes another policy, with a memory of its own; a change of anything else is another key. */
const MOST_REMEMBERED = 10_000

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
