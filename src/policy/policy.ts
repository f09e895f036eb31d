import type { Digest } from '#kernel/bytes.ts'
import type { Clock } from '#kernel/instant.ts'
import { createEngine, type Engine } from './cedar/engine.ts'
import { roleRules } from './cedar/role-rules.ts'
import type { Rule } from './cedar/rule.ts'
import { STANDING_RULES } from './cedar/standing-rules.ts'
import { type Decision, decide, type Question } from './decide.ts'
import { momentOf } from './moment.ts'
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
  return {
    version: policyVersion(engine),
    engine,
    decide: (question) => decide(engine, question, momentOf(clock(), timeZone)),
  }
}
