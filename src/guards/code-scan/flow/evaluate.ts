import { bitOf } from '../class.ts'
import type { Expression } from '../syntax/program.ts'
import { type Analysis, branch, type Scope } from './analysis.ts'
import { callValue } from './call.ts'
import { keyOf, learn } from './conditions.ts'
import { computed } from './constants.ts'
import { fieldOf } from './fields.ts'
import { formatted } from './format.ts'
import { isNumeric } from './numeric.ts'
import { see, seeCompared } from './sightings.ts'
import {
  cleared,
  concatenated,
  constant,
  controlOf,
  deepTaints,
  join,
  joinAll,
  LOCAL,
  REMOTE,
  SAFE,
  tainted,
  UNKNOWN,
  type Value,
} from './value.ts'

/** The value an expression may have where it stands. */
export function evaluateExpression(expression: Expression, scope: Scope, analysis: Analysis): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.pattern === true
        ? { ...constant(expression.value), pattern: true }
        : constant(expression.value)
    case 'name':
      return nameValue(expression, scope, analysis)
    case 'member':
      return memberValue(expression, scope, analysis)
    case 'index':
      return indexValue(expression, scope, analysis)
    case 'call':
      return callValue(expression, scope, analysis)
    case 'text':
      return textValue(expression, scope, analysis)
    case 'binary':
      return binaryValue(expression, scope, analysis)
    case 'not': {
      const value = analysis.evaluate(expression.of, scope)
      return typeof value.constant === 'boolean' ? constant(!value.constant) : SAFE
    }
    case 'list':
      return listValue(expression.items, scope, analysis)
    case 'record':
      return recordValue(expression, scope, analysis)
    case 'choice': {
      const condition = analysis.evaluate(expression.condition, scope)
      if (typeof condition.constant === 'boolean')
        return analysis.evaluate(condition.constant ? expression.yes : expression.no, scope)
      const [yes, no] = [branch(scope), branch(scope)]
      learn(expression.condition, true, yes, analysis)
      learn(expression.condition, false, no, analysis)
      return join(analysis.evaluate(expression.yes, yes), analysis.evaluate(expression.no, no))
    }
    case 'assign': {
      const value = analysis.evaluate(expression.value, scope)
      analysis.assign(expression.target, value, scope, expression.at, expression.type)
      return value
    }
    case 'function':
      analysis.visit(expression.fn, scope)
      return { taints: [], fn: expression.fn }
    case 'cast': {
      const value = analysis.evaluate(expression.of, scope)
      if (isNumeric(expression.type)) return typeof value.constant === 'number' ? value : SAFE
      return { ...value, type: expression.type === 'string' ? value.type : expression.type }
    }
    case 'spread':
      return analysis.evaluate(expression.of, scope)
    case 'block': {
      analysis.run(expression.body.slice(0, -1), scope)
      const last = expression.body.at(-1)
      if (last?.kind === 'do') return analysis.evaluate(last.value, scope)
      if (last?.kind === 'switch' || last?.kind === 'if')
        return givenBy(expression.body.slice(-1), scope, analysis)
      analysis.run(expression.body.slice(-1), scope)
      return SAFE
    }
    case 'mixture': {
      const parts = expression.of.map((part) => analysis.evaluate(part, scope))
      const [only] = parts
      if (expression.safe === true) return SAFE
      return parts.length === 1 && only !== undefined ? only : controlOf(parts)
    }
  }
}

function nameValue(expression: Expression & { kind: 'name' }, scope: Scope, analysis: Analysis): Value {
  const { name } = expression
  const known = scope.variables.get(name)
  if (known !== undefined) return known
  const field = fieldOf(expression, scope)
  const held = field === undefined ? undefined : analysis.readField(...field, scope)
  if (held !== undefined) return held
  const fn = analysis.functionNamed(name)
  if (fn !== undefined && !analysis.language.callsAreBracketed && fn.parameters.length === 0)
    return analysis.enter(fn, [], scope, expression.at, false) ?? UNKNOWN
  if (fn !== undefined) return { taints: [], fn, path: name }
  return sourced([name], expression, analysis) ?? globalValue(name)
}

/** Of a name that this file does not define nobody knows; in capitals it is a constant by custom. */
function globalValue(name: string): Value {
  return /^[A-Z][A-Z0-9_]*$/.test(name) ? { taints: [], path: name } : { ...UNKNOWN, path: name }
}

/** Text alone cannot be a query object. */
const TEXT_ONLY = bitOf('nosql-injection')

/** What the model says of these paths: they are under somebody's control. */
function sourced(paths: readonly string[], expression: Expression, analysis: Analysis): Value | undefined {
  const { language } = analysis
  const [path] = paths
  if (language.harmless.has(paths)) return { ...SAFE, path }
  if (language.remoteText.has(paths)) {
    const value = tainted(REMOTE, expression.at, 'comes from a request', { path })
    return cleared(value, TEXT_ONLY | maskOf(paths, analysis))
  }
  if (language.remote.has(paths))
    return cleared(tainted(REMOTE, expression.at, 'comes from a request', { path }), maskOf(paths, analysis))
  if (language.local.has(paths))
    return tainted(LOCAL, expression.at, 'comes from outside of the program', { path: paths[0] })
  return undefined
}

/** What a source cannot do by its nature: the path of a request leads to the program itself. */
function maskOf(paths: readonly string[], { language }: Analysis): number {
  return language.clears.find(paths).reduce((all, one) => all | one, 0)
}

/** The paths an expression may be known by: as written, and by the type of what it is read from. */
export function pathsOf(of: Value, name: string): string[] {
  const paths = [`${of.path ?? '?'}.${name}`]
  if (of.type !== undefined) paths.push(`${of.type}.${name}`)
  return paths
}

function memberValue(expression: Expression & { kind: 'member' }, scope: Scope, analysis: Analysis): Value {
  const key = keyOf(expression)
  const remembered = key === undefined ? undefined : scope.variables.get(key)
  if (remembered !== undefined) return remembered
  const of = analysis.evaluate(expression.of, scope)
  const paths = pathsOf(of, expression.name)
  const source = sourced(paths, expression, analysis)
  if (source !== undefined) return source
  const field = fieldOf(expression, scope)
  const held = field === undefined ? undefined : analysis.readField(...field, scope)
  if (held !== undefined) return { ...held, path: paths[0] }
  see(analysis, 'read', { paths, at: expression.at, values: [], scope })
  const entry = of.entries?.get(expression.name)
  if (entry !== undefined) return entry.path === undefined ? { ...entry, path: paths[0] } : entry
  if (of.closed === true) return { taints: [], path: paths[0] }
  if (/^(?:length|size|count|Length|Count)$/.test(expression.name)) return { ...SAFE, path: paths[0] }
  if (/^[A-Z][A-Z0-9_]+$/.test(expression.name)) return { taints: [], path: paths[0] }
  return { taints: of.entries === undefined ? of.taints : deepTaints(of), path: paths[0] }
}

function indexValue(expression: Expression & { kind: 'index' }, scope: Scope, analysis: Analysis): Value {
  const remembered = keyOf(expression)
  const fact = remembered === undefined ? undefined : scope.variables.get(remembered)
  if (fact !== undefined) return fact
  const of = analysis.evaluate(expression.of, scope)
  const key = analysis.evaluate(expression.key, scope)
  const name = key.constant === undefined || key.constant === null ? '*' : String(key.constant)
  const paths = pathsOf(of, name)
  const source = sourced(paths, expression, analysis)
  if (source !== undefined) return source
  if (of.entries !== undefined && key.constant !== undefined) {
    const entry = of.entries.get(
      of.list === true && Number(key.constant) < 0 ? String(of.entries.size + Number(key.constant)) : name,
    )
    if (entry !== undefined) return entry
    if (of.closed === true) return SAFE
  }
  // What is looked up in a table of the program is the table's word, not the key's.
  return { taints: deepTaints(of), path: paths[0], type: of.type }
}

function textValue(expression: Expression & { kind: 'text' }, scope: Scope, analysis: Analysis): Value {
  const parts = expression.parts.map((part) => analysis.evaluate(part, scope))
  if (expression.plus === true) {
    const numbers = parts.map((part) => part.constant)
    if (numbers.every((value) => typeof value === 'number'))
      return constant(numbers.reduce((sum, value) => sum + value, 0))
    const lists = parts.filter((part) => part.list === true)
    if (lists.length === parts.length && parts.length > 0) return mergedLists(lists)
    if (lists.length > 0) return controlOf(parts)
  }
  return concatenated(parts, expression.at)
}

function mergedLists(lists: readonly Value[]): Value {
  const entries = new Map<string, Value>()
  for (const list of lists)
    for (const value of list.entries?.values() ?? []) entries.set(String(entries.size), value)
  return {
    taints: joinAll(lists).taints,
    entries,
    list: true,
    closed: lists.every((list) => list.closed === true),
  }
}

function binaryValue(expression: Expression & { kind: 'binary' }, scope: Scope, analysis: Analysis): Value {
  const { operator, left, right } = expression
  if (operator === '&&' || operator === '||') {
    const first = analysis.evaluate(left, scope)
    if (typeof first.constant === 'boolean')
      return first.constant === (operator === '&&') ? analysis.evaluate(right, scope) : first
    const inner = branch(scope)
    learn(left, operator === '&&', inner, analysis)
    const second = analysis.evaluate(right, inner)
    if (first.constant !== undefined && second.constant !== undefined) return SAFE
    return operator === '&&' ? join(second, first.taints.length > 0 ? SAFE : first) : join(first, second)
  }
  const first = analysis.evaluate(left, scope)
  const second = analysis.evaluate(right, scope)
  if (/^[!=]==?$/.test(operator)) {
    seeCompared(analysis, left, { value: second, expression: right }, { at: expression.at, scope })
    seeCompared(analysis, right, { value: first, expression: left }, { at: expression.at, scope })
  }
  if (operator === '??' || operator === '?:') return join(first, second)
  if (
    operator === '%' &&
    (typeof first.constant === 'string' || first.built === true || left.kind === 'text')
  )
    return formatted(first, percentValues(second), expression.at)
  if (first.constant !== undefined && second.constant !== undefined) {
    const value = computed(operator, first.constant, second.constant)
    if (value !== undefined) return constant(value)
  }
  // A path put together by `/` (pathlib, Path).
  if (
    operator === '/' &&
    (first.taints.length > 0 || second.taints.length > 0) &&
    typeof second.constant !== 'number'
  )
    return { ...concatenated([first, constant('/'), second], expression.at), path: '?', built: true }
  if (operator === '%' || operator === '|') return controlOf([first, second])
  // `b'x' * 16` is a constant like the text itself.
  if (operator === '*' && typeof first.constant === 'string') return first
  if (operator === '<<') return controlOf([first, second])
  return SAFE
}

function percentValues(value: Value): readonly Value[] {
  if (value.list === true && value.entries !== undefined) return [...value.entries.values()]
  return [value]
}

function listValue(items: readonly Expression[], scope: Scope, analysis: Analysis): Value {
  const entries = new Map<string, Value>()
  let taints: Value = SAFE
  let closed = true
  for (const item of items) {
    const value = analysis.evaluate(item, scope)
    if (item.kind === 'spread') {
      if (value.list === true && value.closed === true && value.entries !== undefined) {
        for (const inner of value.entries.values()) entries.set(String(entries.size), inner)
        continue
      }
      taints = join(taints, controlOf([value]))
      closed = false
    } else entries.set(String(entries.size), value)
  }
  return { taints: taints.taints, entries, closed, list: true }
}

function recordValue(expression: Expression & { kind: 'record' }, scope: Scope, analysis: Analysis): Value {
  const entries = new Map<string, Value>()
  let loose: Value = SAFE
  let closed = true
  for (const { key, value: given } of expression.entries) {
    const value = analysis.evaluate(given, scope)
    const name = key === undefined ? undefined : analysis.evaluate(key, scope).constant
    if (typeof name === 'string')
      see(analysis, 'assign', {
        paths: [`record.${name}`],
        at: given.at,
        values: [{ value, expression: given }],
        scope,
      })
    if (name !== undefined && name !== null) entries.set(String(name), value)
    else if (key === undefined && value.entries !== undefined && value.closed === true)
      for (const [inner, held] of value.entries) entries.set(inner, held)
    else {
      loose = join(loose, controlOf([value]))
      closed = false
    }
  }
  const made: Value = { taints: loose.taints, entries, closed, type: expression.type }
  see(analysis, 'record', {
    paths: [expression.type ?? 'record'],
    at: expression.at,
    values: [{ value: made, expression }],
    scope,
  })
  return made
}

/** The value a switch or if gives where it stands as an expression: that of any of its last lines. */
function givenBy(body: readonly Statementlike[], scope: Scope, analysis: Analysis): Value {
  const last = body.at(-1)
  if (last === undefined) return SAFE
  if (last.kind === 'do') {
    analysis.run(body.slice(0, -1), scope)
    return analysis.evaluate(last.value, scope)
  }
  if (last.kind === 'if') {
    const condition = analysis.evaluate(last.condition, scope)
    const [yes, no] = [branch(scope), branch(scope)]
    learn(last.condition, true, yes, analysis)
    learn(last.condition, false, no, analysis)
    if (condition.constant === true) return givenBy(last.yes, yes, analysis)
    if (condition.constant === false) return givenBy(last.no, no, analysis)
    return join(givenBy(last.yes, yes, analysis), givenBy(last.no, no, analysis))
  }
  if (last.kind === 'switch')
    return joinAll(last.cases.map((part) => givenBy(part.body, branch(scope), analysis)))
  analysis.run(body, scope)
  return SAFE
}

type Statementlike = Parameters<Analysis['run']>[0][number]
