import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { ACTIONS, type ActionName } from '../action.ts'
import type { Facts } from './facts.ts'
import type { Rule } from './rule.ts'
import type { PlaceKind, PrincipalKind } from './schema.ts'

/** A place, and those it lies in. */
export interface Place {
  readonly kind: PlaceKind
  readonly id: string
  readonly organisation: string
  readonly within: readonly { readonly kind: PlaceKind; readonly id: string }[]
}

export interface CedarQuestion {
  readonly principal: { readonly kind: PrincipalKind; readonly id: string; readonly organisation: string }
  readonly action: ActionName
  readonly place: Place
  readonly facts: Facts
}

/** What Cedar said, with every rule that spoke. `errors` are rules that could not be evaluated: the answer is then no. */
export interface CedarAnswer {
  readonly permits: readonly Rule[]
  readonly forbids: readonly Rule[]
  readonly errors: readonly string[]
}

export interface Engine {
  /** Names the exact rules: the same rules give the same version, whatever process or order. */
  readonly version: string
  readonly rules: readonly Rule[]
  ask(question: CedarQuestion): CedarAnswer
}

/**
 * An engine over rules that `readRules` has checked. Cedar names the forbids that spoke or, when none did, the permits;
 * so the permits are asked once more by themselves when a forbid spoke, and an explanation names them all.
 *
 * The library keeps what it parsed for ever. An engine of a `slot` takes the place of the one before it in that slot,
 * and is only good until the next: for asking at once.
 */
export function createEngine(rules: readonly Rule[], slot?: string): Engine {
  const sorted = rules.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const version = digestOf(canonicalJson(sorted.map(({ name, text }) => ({ name, text }))))
  const byName = new Map(sorted.map((rule) => [rule.name, rule]))
  const all = prepare(`${slot ?? version}:all`, sorted)
  const permits = prepare(
    `${slot ?? version}:permits`,
    sorted.filter(({ effect }) => effect === 'permit'),
  )
  // Cedar names them in no order; here the same answer is always told in the same one.
  const named = (names: readonly string[]) => names.toSorted().flatMap((name) => byName.get(name) ?? [])
  return {
    version,
    rules: sorted,
    ask(question) {
      const call = callOf(question)
      const first = answerOf(call, all)
      if (first.allowed) return { permits: named(first.reasons), forbids: [], errors: first.errors }
      if (first.reasons.length === 0) return { permits: [], forbids: [], errors: first.errors }
      const second = answerOf(call, permits)
      return {
        permits: second.allowed ? named(second.reasons) : [],
        forbids: named(first.reasons),
        errors: [...first.errors, ...second.errors],
      }
    },
  }
}

/** Parsed once and kept by the library under its name, which holds the digest of the text. */
function prepare(id: string, rules: readonly Rule[]): string {
  const staticPolicies = Object.fromEntries(rules.map(({ name, text }) => [name, text]))
  const answer = preparsePolicySet(id, { staticPolicies })
  if (answer.type === 'failure')
    throw new Error(`policies that were checked do not parse: ${answer.errors[0]?.message}`)
  return id
}

type Call = Omit<Parameters<typeof statefulIsAuthorized>[0], 'preparsedPolicySetId'>

/**
 * Requests are made from typed values, and policies were checked against the schema when they were read: Cedar is not
 * asked to check either again, which takes three quarters of its time.
 */
function callOf({ principal, action, place, facts }: CedarQuestion): Call {
  const uid = (type: string, id: string) => ({ type: `Airlock::${type}`, id })
  const attrs = (organisation: string) => ({ organisation })
  const within = place.within.map(({ kind, id }) => uid(kind, id))
  return {
    principal: uid(principal.kind, principal.id),
    action: uid('Action', action),
    resource: uid(place.kind, place.id),
    context: facts as unknown as Call['context'],
    validateRequest: false,
    entities: [
      { uid: uid(principal.kind, principal.id), attrs: attrs(principal.organisation), parents: [] },
      { uid: uid(place.kind, place.id), attrs: attrs(place.organisation), parents: within },
      { uid: uid('Action', action), attrs: {}, parents: [uid('Action', ACTIONS[action].permission)] },
    ],
  }
}

function answerOf(call: Call, preparsedPolicySetId: string) {
  const answer = statefulIsAuthorized({ ...call, preparsedPolicySetId })
  if (answer.type === 'failure')
    return { allowed: false, reasons: [], errors: answer.errors.map(({ message }) => message) }
  const { decision, diagnostics } = answer.response
  return {
    allowed: decision === 'allow',
    reasons: diagnostics.reason,
    errors: diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`),
  }
}
