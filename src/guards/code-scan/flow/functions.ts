import type { Handler } from '../rule.ts'
import type { FunctionNode, Parameter } from '../syntax/program.ts'
import type { Analysis, Scope } from './analysis.ts'
import { isNamed } from './marks.ts'
import { isNumeric } from './numeric.ts'
import { see } from './sightings.ts'
import { constant, joinAll, PARAMETER, REMOTE, SAFE, tainted, UNKNOWN, type Value } from './value.ts'

const DEEPEST_CALL = 3

/** A scope for the body of a function, with its parameters set. */
export function scopeOf(
  fn: FunctionNode,
  outer: Scope,
  values: readonly (Value | undefined)[] | undefined,
  analysis: Analysis,
): Scope {
  const scope: Scope = {
    variables: outer.variables.branch(),
    fn,
    returns: [],
    left: false,
    reached: outer.reached === true || values !== undefined || analysis.hasSource(fn),
    depth: outer.depth + (values === undefined ? 0 : 1),
  }
  fn.parameters.forEach((parameter, index) => {
    const given =
      values === undefined
        ? unboundValue(fn, parameter, index, analysis)
        : boundValue(parameter, index, values, scope, analysis)
    if (values === undefined) seeFallback(parameter, scope, analysis)
    analysis.assign(parameter.pattern, typedAs(given, parameter), scope, parameter.at)
  })
  return scope
}

/** `def connect(password='hunter2')`: what a parameter is when nobody gives it. */
function seeFallback({ name, fallback }: Parameter, scope: Scope, analysis: Analysis): void {
  if (name === undefined || fallback?.kind !== 'literal') return
  const values = [{ value: constant(fallback.value), expression: fallback }]
  see(analysis, 'assign', { paths: [`fallback.${name}`], at: fallback.at, values, scope })
}

/** Whether the function may be entered once more from here. */
export function tooDeep(scope: Scope): boolean {
  return scope.depth >= DEEPEST_CALL
}

/** What the ways out of a function gave. */
export function returned(scope: Scope): Value {
  return scope.returns.length === 0 ? SAFE : joinAll(scope.returns)
}

function boundValue(
  parameter: Parameter,
  index: number,
  values: readonly (Value | undefined)[],
  scope: Scope,
  analysis: Analysis,
): Value {
  if (parameter.pattern.kind === 'spread')
    return { taints: joinAll(values.slice(index).map((value) => value ?? SAFE)).taints }
  const value = values[index]
  if (value !== undefined) return value
  return parameter.fallback === undefined ? SAFE : analysis.evaluate(parameter.fallback, scope)
}

/** A parameter when nobody says who calls: its marks, its type and its name say whether it comes from far away. */
function unboundValue(fn: FunctionNode, parameter: Parameter, index: number, analysis: Analysis): Value {
  const { name = '', type } = parameter
  if (/^(?:self|cls|this)$/.test(name) && index === 0) return { ...UNKNOWN, path: 'self' }
  const found = analysis.language.handlers.find((handler) => speaksOf(handler, fn, parameter))
  if (found?.path !== undefined) return { ...UNKNOWN, path: found.path, type }
  if (isNumeric(type)) return SAFE
  if (found !== undefined)
    return tainted(REMOTE, parameter.at, `parameter ${name} comes from a request`, { path: name, type })
  const path = name === '' ? undefined : name
  if (analysis.isHelper(fn)) return { ...UNKNOWN, path, type }
  return tainted(PARAMETER, parameter.at, `parameter ${name}`, { path, type })
}

function typedAs(value: Value, { type }: Parameter): Value {
  if (type !== undefined && isNumeric(type) && value.constant === undefined)
    return { ...SAFE, path: value.path, type }
  return type === undefined || value.type !== undefined ? value : { ...value, type }
}

function speaksOf(handler: Handler, fn: FunctionNode, parameter: Parameter): boolean {
  const { name = '', type = '' } = parameter
  if (handler.names !== undefined && !handler.names.includes(name)) return false
  if (handler.types !== undefined && !handler.types.includes(type.split('.').at(-1) ?? '')) return false
  if (handler.marks !== undefined && !fn.marks.some((mark) => isNamed(mark.name, handler.marks))) return false
  if (
    handler.parameterMarks !== undefined &&
    !parameter.marks.some((mark) => isNamed(mark.name, handler.parameterMarks))
  )
    return false
  if (handler.bases !== undefined && fn.owner?.bases.some((base) => isNamed(base, handler.bases)) !== true)
    return false
  if (handler.functions !== undefined && !new RegExp(handler.functions).test(fn.name ?? '')) return false
  if (handler.notTypes !== undefined && new RegExp(handler.notTypes).test(type)) return false
  if (handler.notNames !== undefined && new RegExp(handler.notNames).test(name)) return false
  return true
}
