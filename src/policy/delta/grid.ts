import { ACTIONS, type ActionName } from '../action.ts'
import type { Place } from '../cedar/engine.ts'
import type { Rule } from '../cedar/rule.ts'
import type { PrincipalKind } from '../cedar/schema.ts'
import { coveredActions, jsonOf } from '../cedar/scope.ts'
import { isAboutPolicies } from '../organisation-rules.ts'
import { holds, ROLES, type Role } from '../role.ts'
import { SAMPLE_PLACE, type Sample, type SampleFacts } from '../sample.ts'
import { mentionedValues } from './mentioned-values.ts'

/** Who asks, as people call them. */
interface Asker {
  readonly name: string
  readonly kind: PrincipalKind
  readonly role: Role
}

export interface Grid {
  /** `askers` are all of whom the answer to this sample holds. */
  readonly samples: readonly (Sample & { readonly askers: readonly string[] })[]
  /** False where all combinations would have been too many, and facts vary only two at a time. */
  readonly complete: boolean
}

export const ASKERS: readonly Asker[] = [
  ...ROLES.map((role) => ({ name: role, kind: 'User', role }) as const),
  { name: 'a service account', kind: 'ServiceAccount', role: 'maintainer' },
  { name: 'autonomous work', kind: 'System', role: 'maintainer' },
]

/** A question takes some hundred microseconds, and each is asked twice. */
const MOST_QUESTIONS = 1_000
/** However many actions and askers there are, each is asked with some combinations. */
const FEWEST_COMBINATIONS = 20
/** Where all that would still be too many, only some of them are asked: nothing else happens meanwhile. */
const MOST_SAMPLES = 4 * MOST_QUESTIONS
const MOST_PLACES = 20

/** Questions on which these rules may have something to say: every asker, action and place, at all turning points. */
export function gridOver(rules: readonly Rule[]): Grid {
  const actions = coveredBy(rules)
  const named = placesIn(rules)
  const places = named.slice(0, MOST_PLACES)
  const values = [...mentionedValues(rules)]
  const apart = rules.some(looksAtAsker)
  const asked = actions.flatMap((action) => askersOf(action, apart).map((asker) => ({ action, ...asker })))
  const outer = Math.max(1, asked.length * places.length)
  const room = Math.floor(MOST_QUESTIONS / outer)
  const size = values.reduce((product, [, each]) => product * each.length, 1)
  const all = size <= Math.max(1, room)
  const combinations = all ? product(values) : pairs(values, Math.max(FEWEST_COMBINATIONS, room))
  const samples = asked.flatMap((asker) =>
    places.flatMap((place) => combinations.map((facts) => ({ ...asker, place, facts }))),
  )
  const step = Math.ceil(samples.length / MOST_SAMPLES)
  const some = samples.filter((_, index) => index % step === 0)
  return { samples: some, complete: all && step <= 1 && places.length === named.length }
}

/**
 * Those who hold the permission: anybody else is refused before and after, since policies only take away. Where no rule
 * looks at who asks, one answer holds for all of a kind; the standing rules tell kinds apart.
 */
function askersOf(action: ActionName, apart: boolean) {
  const able = ASKERS.filter(({ role }) => holds(role, ACTIONS[action].permission))
  if (apart) return able.map(({ name, ...asker }) => ({ ...asker, askers: [name] }))
  const groups = Map.groupBy(able, ({ kind }) => kind)
  return [...groups.values()].map((group) => ({
    kind: group[0]?.kind ?? 'User',
    role: group.at(-1)?.role ?? 'owner',
    askers: group.map(({ name }) => name),
  }))
}

function looksAtAsker(rule: Rule): boolean {
  const { principal, conditions } = jsonOf(rule)
  const read = JSON.stringify(conditions)
  return principal.op !== 'All' || /"(?:principal|roles|givenRole|readsServerFiles)"/.test(read)
}

function coveredBy(rules: readonly Rule[]): ActionName[] {
  const covered = new Set(rules.flatMap((rule) => coveredActions(rule)))
  return [...covered].filter((action) => !isAboutPolicies(action)).sort()
}

/** A project, and whatever place the heads of the rules name. */
function placesIn(rules: readonly Rule[]): Place[] {
  const named = new Map<string, Place>([[SAMPLE_PLACE.id, SAMPLE_PLACE]])
  for (const rule of rules) {
    const head: unknown = jsonOf(rule).resource
    for (const { kind, id } of entitiesIn(head))
      if (!named.has(id)) named.set(id, { ...SAMPLE_PLACE, kind, id })
  }
  return [...named.values()]
}

function entitiesIn(node: unknown): Pick<Place, 'kind' | 'id'>[] {
  if (typeof node !== 'object' || node === null) return []
  const { type, id } = node as { type?: unknown; id?: unknown }
  if (typeof type === 'string' && typeof id === 'string')
    return [{ kind: type.replace('Airlock::', '') as Place['kind'], id }]
  return Object.values(node).flatMap(entitiesIn)
}

type Values = readonly (readonly [keyof SampleFacts, readonly unknown[]])[]

function product(values: Values): SampleFacts[] {
  return values.reduce<SampleFacts[]>(
    (soFar, [name, each]) => soFar.flatMap((facts) => each.map((value) => ({ ...facts, [name]: value }))),
    [{}],
  )
}

/** Any two facts at all their values, the others as usual; so many of them. */
function pairs(values: Values, most: number): SampleFacts[] {
  const distinct = new Map<string, SampleFacts>()
  for (const [index, [one, ones]] of values.entries())
    for (const [two, twos] of values.slice(index + 1))
      for (const first of ones)
        for (const second of twos) {
          if (distinct.size >= most) return [...distinct.values()]
          const facts = { [one]: first, [two]: second }
          distinct.set(JSON.stringify(facts), facts)
        }
  return [...distinct.values()]
}
