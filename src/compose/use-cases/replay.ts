import type { Replay, ReplayRequest } from '#contract/policy.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result } from '#kernel/result.ts'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import { createEngine, type Engine } from '#policy/cedar/engine.ts'
import { roleRules } from '#policy/cedar/role-rules.ts'
import { STANDING_RULES } from '#policy/cedar/standing-rules.ts'
import type { Effect } from '#policy/decide.ts'
import { isAboutPolicies } from '#policy/organisation-rules.ts'
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
  const asked = rows.slice(0, MOST).flatMap(readable)
  const engine = createEngine([...STANDING_RULES, ...roleRules(), ...rules.value], 'replay')
  const changed = asked.flatMap((past) => difference(engine, past))
  return ok({ asked: asked.length, complete: rows.length <= MOST, changed })
}

interface Past {
  readonly at: string
  readonly action: ActionName
  readonly was: Effect
  readonly recorded: RecordedQuestion
}

/** Passed over: rows of an older version about what is not there any more, and what policies have no say in. */
function readable({ at, action, question, effect }: DecisionRow): Past[] {
  const recorded = RecordedQuestion.safeParse(question)
  if (!recorded.success || !Object.hasOwn(ACTIONS, action)) return []
  if (isAboutPolicies(action as ActionName)) return []
  return [{ at, action: action as ActionName, was: effect as Effect, recorded: recorded.data }]
}

function difference(engine: Engine, { at, action, was, recorded }: Past): Replay['changed'] {
  const again = askAgain(engine, action, recorded)
  if (again.effect === was) return []
  const { kind, id } = recorded.place
  const because = again.rules.find((rule) => rule.effect === again.effect)
  return [
    {
      at,
      action,
      place: `${kind.toLowerCase()} ${id}`,
      was,
      would: again.effect,
      because: because === undefined ? 'no rule' : `${because.rule}: ${because.reason}`,
    },
  ]
}
