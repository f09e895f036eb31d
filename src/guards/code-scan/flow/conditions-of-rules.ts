import type { Condition, ConditionObject } from '../rule.ts'
import { KNOWN_EXPRESSIONS } from './known-expressions.ts'
import { isConstant, type Value } from './value.ts'

/** Whether what a selector found is as a rule says it must be. */
export function conditionHolds(condition: Condition, values: readonly Value[]): boolean {
  if (condition === null || typeof condition !== 'object')
    return values.some((value) => value.constant === condition)
  if (condition.missing !== undefined) return (values.length === 0) === condition.missing
  if (condition.given === true && values.length === 0) return false
  if (values.length === 0) return condition.orMissing === true
  return values.some((value) => meets(value, condition))
}

function meets(value: Value, condition: ConditionObject): boolean {
  const { constant } = value
  if (
    condition.matches !== undefined &&
    !(hasText(constant) && expression(condition.matches).test(String(constant)))
  )
    return false
  if (
    condition.notMatches !== undefined &&
    hasText(constant) &&
    expression(condition.notMatches).test(String(constant))
  )
    return false
  if (condition.not !== undefined && constant === condition.not) return false
  if (condition.constant === true && !isConstant(value)) return false
  if (condition.constant === false && constant !== undefined) return false
  if (condition.dynamic === true && isConstant(value)) return false
  if (condition.below !== undefined && !(typeof constant === 'number' && constant < condition.below))
    return false
  if (condition.path !== undefined && !expression(condition.path).test(value.path ?? value.type ?? ''))
    return false
  return true
}

function hasText(constant: Value['constant']): boolean {
  return typeof constant === 'string' || typeof constant === 'number' || typeof constant === 'boolean'
}

const compiled = new Map<string, RegExp>()

/** An expression of a rule: it may begin with `(?i)`, or be the name of a known one (`@sql`). */
export function expression(text: string): RegExp {
  const named = text.startsWith('@') ? KNOWN_EXPRESSIONS[text.slice(1)] : undefined
  if (named !== undefined) return named
  const known = compiled.get(text)
  if (known !== undefined) return known
  const made = text.startsWith('(?i)') ? new RegExp(text.slice(4), 'i') : new RegExp(text)
  compiled.set(text, made)
  return made
}
