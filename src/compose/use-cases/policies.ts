import type { PolicyChange, PolicyPreview, PolicyView } from '#contract/policy.ts'
import type { Application } from '#http/application.ts'
import { digestOf } from '#kernel/bytes.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { organisationPlace } from '#policy/place.ts'
import { organisationRules, type PolicyFile } from '#policy/policy-file.ts'
import { holds, ROLES } from '#policy/role.ts'
import { currentPolicies, insertPolicyChange, type PolicyRow, policySequence } from '#store/policies.ts'
import { countHolders } from '#store/role-bindings.ts'
import { logAction } from '#tasks/log-action.ts'
import { permit } from '#tasks/permit.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { tryInThread } from '../policy-trial/try-in-thread.ts'
import { explain } from './explain.ts'
import { replay } from './replay.ts'

type Stored = PolicyRow & PolicyFile

/** What an organisation forbids besides what stands: looked at, tried, changed. */
export function policyUseCases(
  workshop: Workshop,
): Pick<
  Application,
  | 'listPolicies'
  | 'showPolicy'
  | 'previewPolicy'
  | 'setPolicy'
  | 'removePolicy'
  | 'explainDecision'
  | 'replayDecisions'
> {
  return {
    async listPolicies(actor) {
      const { stored, sequence } = await policiesOf(workshop, actor)
      const { version } = await workshop.policyOf(actor.organisation)
      return ok({ items: stored.map(policyView), sequence, version })
    },
    async showPolicy(actor, name) {
      const { stored } = await policiesOf(workshop, actor)
      const found = stored.find((each) => each.name === name)
      return found === undefined ? unknown(name) : ok(policyView(found))
    },
    previewPolicy: (actor, change) => effectOf(workshop, actor, change),
    setPolicy: (actor, { after, ...draft }) => apply(workshop, actor, draft, after),
    removePolicy: (actor, name, after) => apply(workshop, actor, { name }, after),
    explainDecision: (actor, request) => explain(workshop, actor, request),
    replayDecisions: (actor, request) => replay(workshop, actor, request),
  }
}

/**
 * Writes one change, made in knowledge of the one before and of nothing later. What it newly allows and refuses stands in
 * the log, found anew here: nobody who changes policies is asked to tell it.
 */
async function apply(
  workshop: Workshop,
  actor: Actor,
  change: PolicyChange,
  after: number,
): Promise<Result<PolicyPreview>> {
  const effect = await effectOf(workshop, actor, change)
  if (!effect.ok) return effect
  const preview = effect.value
  if (preview.sequence !== after) return conflict()
  const { name, text = null, examples = null } = change
  const place = organisationPlace(actor.organisation)
  const owners = await workshop.store.inOrganisation(actor.organisation, (tx) =>
    countHolders(tx, place, OWNERS),
  )
  const action = text === null ? 'policy.remove' : 'policy.set'
  const facts = { otherApprovers: Math.max(0, owners - 1) }
  const allowed = await permit(workshop, { actor, action, place, facts }, inFull(change, preview))
  if (!allowed.ok) return allowed
  const sequence = after + 1
  return workshop.store.inOrganisation(actor.organisation, async (tx) => {
    const setAt = instantOf(workshop.clock())
    const written = await insertPolicyChange(tx, {
      sequence,
      name,
      text,
      examples,
      setBy: actor.person,
      setAt,
    })
    if (!written) return conflict()
    await logAction(
      tx,
      workshop.clock,
      actor,
      text === null ? 'policy.removed' : 'policy.set',
      `policy:${name}`,
      {
        sequence,
        ...(text === null ? {} : { digest: digestOf(`${text}\n${examples}`) }),
        changes: [...preview.changes],
      },
    )
    return ok({ ...preview, sequence })
  })
}

/** Whoever may change policies. */
const OWNERS = ROLES.filter((role) => holds(role, 'policies:set'))

/** What a second owner is to agree to: what it does, and its text to the byte. */
function inFull({ name, text, examples }: PolicyChange, { changes, sequence }: PolicyPreview): string {
  const head = `${text === undefined ? 'Remove' : 'Set'} policy ${name}, after change ${sequence}`
  return [head, ...changes, ...(text === undefined ? [] : ['', text, examples ?? ''])].join('\n')
}

/** What a change would do; refuses one that is not true, or does not fit the others. */
async function effectOf(
  workshop: Workshop,
  actor: Actor,
  { name, text, examples }: PolicyChange,
): Promise<Result<PolicyPreview>> {
  const { stored, sequence } = await policiesOf(workshop, actor)
  if (text === undefined && !stored.some((each) => each.name === name)) return unknown(name)
  const others = stored.filter((each) => each.name !== name)
  const next = text === undefined ? others : [...others, { name, text, examples: examples ?? '' }]
  if (next.length > MOST_POLICIES)
    return refused({
      code: 'invalid_input',
      rule: 'policy.count',
      message: `There are ${MOST_POLICIES} policies already.`,
      remedy: 'Put several rules into one, or remove some.',
    })
  const tried = await tryInThread(stored, next, actor.person.id)
  if (!tried.ok) return tried
  const { changes, questions } = tried.value
  return ok({ changes: [...changes], questions, sequence })
}

const MOST_POLICIES = 100

function policiesOf(workshop: Workshop, actor: Actor): Promise<{ stored: Stored[]; sequence: number }> {
  return workshop.store.inOrganisation(actor.organisation, async (tx) => ({
    stored: await currentPolicies(tx),
    sequence: await policySequence(tx),
  }))
}

function policyView({ name, text, examples, setBy, setAt }: Stored): PolicyView {
  const rules = organisationRules([{ name, text, examples }])
  return {
    name,
    text,
    examples,
    rules: (rules.ok ? rules.value : []).map((rule) => ({
      name: rule.name,
      reason: rule.reason,
      ...(rule.confirm === undefined ? {} : { confirm: rule.confirm }),
      ...(rule.approvals === undefined ? {} : { approvals: rule.approvals }),
    })),
    ...(rules.ok ? {} : { problem: rules.failure.message }),
    setBy: setBy.id,
    setAt,
  }
}

function unknown(name: string): Result<never> {
  return refused({
    code: 'not_found',
    message: `There is no policy ${name}.`,
    remedy: 'See `airlock policy list`.',
  })
}

function conflict(): Result<never> {
  return refused({
    code: 'conflict',
    rule: 'policy.sequence',
    message: 'The policies were changed in the meantime.',
    remedy: 'Look at them, and at what your change does now.',
  })
}
