import { policyToJson } from '@cedar-policy/cedar-wasm/nodejs'
import { ACTIONS, type ActionName } from '../action.ts'
import type { Rule } from './rule.ts'

/** Every action a rule may speak about by its head; its conditions may leave less. */
export function coveredActions(rule: Rule): readonly ActionName[] {
  const head = jsonOf(rule).action
  const all = Object.keys(ACTIONS) as ActionName[]
  if (head.op === 'All') return all
  const named = 'entities' in head ? head.entities : 'entity' in head ? [head.entity] : []
  const ids = named.map((each) => ('__entity' in each ? each.__entity.id : each.id))
  return all.filter(
    (name) => ids.includes(name) || (head.op === 'in' && ids.includes(ACTIONS[name].permission)),
  )
}

/** A policy as the tree that Cedar makes of it. */
export function jsonOf({ name, text }: Pick<Rule, 'name' | 'text'>) {
  const read = policyToJson(text)
  if (read.type === 'failure') throw new Error(`the policy ${name}, which was checked, does not parse`)
  return read.json
}
