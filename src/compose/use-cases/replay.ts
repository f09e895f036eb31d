import type { Replay, ReplayRequest } from '#contract/policy.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { ActionName } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import { createEngine, type Engine } from '#policy/cedar/engine.ts'
import { roleRules } from '#policy/cedar/role-rules.ts'
import { STANDING_RULES } from '#policy/cedar/standing-rules.ts'
import type { Effect } from '#policy/decide.ts'
import { organisationRules } from '#policy/policy-file.ts'
import { askAgain, RecordedQuestion } from '#policy/recorded-question.ts'
import { type DecisionRow, decisionsSince } from '#store/decisions.ts'
import { currentPolicies } from '#store/policies.ts'
import type { Workshop } from '#tasks/workshop.ts'

const DAY = 24 * 60 * 60 * 1000
/** Each is asked in some hundred microseconds, and nothing else happens meanwhile. */
const MOST = 2_000

/** What the policies of now, or with another one among them, would have said to what was decided since. */
export async function replay(
  workshop: Workshop,
  { organisation }: Actor,
  { days, with: draft }: ReplayRequest,
): Promise<Result<Replay>> {
  const since = instantOf(workshop.clock() - days * DAY)
  const { rows, stored } = await workshop.store.inOrganisation(organisation, async (tx) => ({
    rows: await decisionsSince(tx, since, MOST + 1),
    stored: await currentPolicies(tx),
  }))
  const files = draft === undefined ? stored : [...stored.filter(({ name }) => name !== draft.name), draft]
  const rules = organisationRules(files)
  if (!rules.ok) return rules
  const asked = rows.slice(0, MOST)
  const engine = createEngine([...STANDING_RULES, ...roleRules(), ...rules.value], 'replay')
  const changed = asked.flatMap((row) => difference(engine, row))
  return ok({ asked: asked.length, complete: rows.length <= MOST, changed })
}

function difference(engine: Engine, { at, action, question, effect }: DecisionRow): Replay['changed'] {
  const recorded = RecordedQuestion.parse(question)
  const again = askAgain(engine, action as ActionName, recorded)
  if (again.effect === effect) return []
  const { kind, id } = recorded.place
  const because = again.rules.find((rule) => rule.effect === again.effect)
  return [
    {
      at,
      action,
      place: `${kind.toLowerCase()} ${id}`,
      was: effect as Effect,
      would: again.effect,
      because: because === undefined ? 'no rule' : `${because.rule}: ${because.reason}`,
    },
  ]
}
