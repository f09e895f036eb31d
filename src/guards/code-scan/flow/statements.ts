import type { Case, Expression, Statement } from '../syntax/program.ts'
import type { Syntax } from '../syntax/tree.ts'
import { type Analysis, branch, type Scope } from './analysis.ts'
import { withEntry } from './collections.ts'
import { keyOf, learn } from './conditions.ts'
import { pathsOf } from './evaluate.ts'
import { fieldOf } from './fields.ts'
import { isNumeric } from './numeric.ts'
import { see } from './sightings.ts'
import { constant, controlOf, deepTaints, join, SAFE, step, type Value } from './value.ts'
import { Variables } from './variables.ts'

/** Runs statements in order, until control leaves. */
export function runStatements(body: readonly Statement[], scope: Scope, analysis: Analysis): void {
  for (const statement of body) {
    if (scope.left !== false) return
    runStatement(statement, scope, analysis)
  }
}

function runStatement(statement: Statement, scope: Scope, analysis: Analysis): void {
  switch (statement.kind) {
    case 'do':
      analysis.evaluate(statement.value, scope)
      if (endsProgram(statement.value)) scope.left = 'gone'
      return
    case 'if':
      runIf(statement, scope, analysis)
      return
    case 'loop':
      runLoop(statement, scope, analysis)
      return
    case 'switch':
      runSwitch(statement, scope, analysis)
      return
    case 'try': {
      const body = branch(scope)
      analysis.run(statement.body, body)
      const ends = [body]
      for (const handler of statement.handlers) {
        const inner = branch(scope)
        // What the body had done by the time it failed, nobody knows: either value may stand.
        mergeInto(inner, scope, [branch(scope), body])
        analysis.run(handler, inner)
        ends.push(inner)
      }
      meet(scope, ends)
      const left = scope.left
      scope.left = false
      analysis.run(statement.finally, scope)
      scope.left = scope.left === false ? left : scope.left
      return
    }
    case 'return': {
      const value = statement.value === undefined ? SAFE : analysis.evaluate(statement.value, scope)
      if (statement.value !== undefined)
        see(analysis, 'return', {
          paths: ['return'],
          at: statement.value.at,
          values: [{ value, expression: statement.value }],
          scope,
        })
      scope.returns.push(value)
      scope.left = 'gone'
      return
    }
    case 'leave':
      if (statement.value !== undefined) analysis.evaluate(statement.value, scope)
      if (statement.break === true) scope.exits?.found.push(scope.variables.flattened(scope.exits.base))
      scope.left = statement.break === true ? 'break' : 'gone'
      return
    case 'define':
      if (statement.fn.name !== undefined && statement.fn.owner === undefined)
        scope.variables.set(statement.fn.name, { taints: [], fn: statement.fn, path: statement.fn.name })
      analysis.visit(statement.fn, scope)
      return
    case 'class': {
      const inner = branch(scope)
      analysis.run(statement.node.body(), inner)
      // The fields stay known to whatever comes later in the file.
      for (const name of inner.variables.changedSince(scope.variables)) {
        const value = inner.variables.get(name)
        if (value !== undefined && scope.variables.get(name) === undefined) scope.variables.set(name, value)
      }
      return
    }
    case 'import':
      scope.variables.set(statement.name, { taints: [], path: statement.path })
      return
  }
}

/** Calls after which nothing follows. */
function endsProgram(value: Expression): boolean {
  if (value.kind !== 'call') return false
  const text = value.callee.at.text()
  return /^(?:process\.exit|sys\.exit|exit|die|abort|os\.Exit|log\.Fatal\w*|panic|raise|halt|quit|notFound|redirect!|wp_die|c\.Abort\w*|System\.exit)$/.test(
    text,
  )
}

function runIf(statement: Statement & { kind: 'if' }, scope: Scope, analysis: Analysis): void {
  const value = analysis.evaluate(statement.condition, scope).constant
  if (typeof value === 'boolean') {
    analysis.run(value ? statement.yes : statement.no, scope)
    return
  }
  const [yes, no] = [branch(scope), branch(scope)]
  learn(statement.condition, true, yes, analysis)
  learn(statement.condition, false, no, analysis)
  analysis.run(statement.yes, yes)
  analysis.run(statement.no, no)
  meet(scope, [yes, no])
}

function runLoop(statement: Statement & { kind: 'loop' }, scope: Scope, analysis: Analysis): void {
  analysis.run(statement.before, scope)
  if (statement.condition !== undefined) analysis.evaluate(statement.condition, scope)
  const ends = [branch(scope)]
  const exits = { base: scope.variables, found: [] as Variables[] }
  const inner = { ...branch(scope), exits }
  // Twice: what the first round leaves behind, the second finds.
  for (let round = 0; round < 2; round++) {
    const { each } = statement
    if (each !== undefined) {
      const of = analysis.evaluate(each.of, inner)
      const held = heldBy(of)
      analysis.assign(
        each.target,
        each.keys ? keysOf(of) : step(held, each.of.at, 'one of its elements'),
        inner,
        each.target.at,
      )
    } else if (statement.condition !== undefined) learn(statement.condition, true, inner, analysis)
    analysis.run(statement.body, inner)
    if (inner.left === 'gone') break
    inner.left = false
    ends.push({ ...inner, variables: inner.variables.snapshot() })
  }
  for (const variables of exits.found) ends.push({ ...scope, left: false, variables })
  meet(scope, ends)
  scope.left = scope.left === 'break' ? false : scope.left
}

function heldBy(of: Value): Value {
  if (of.entries === undefined)
    return { taints: of.taints, path: of.path === undefined ? undefined : `${of.path}[]` }
  const values = [...of.entries.values()]
  const [first] = values
  if (values.length === 1 && first !== undefined && of.taints.length === 0) return first
  return { taints: deepTaints(of) }
}

function keysOf(of: Value): Value {
  return of.closed === true ? SAFE : { taints: of.taints }
}

function runSwitch(statement: Statement & { kind: 'switch' }, scope: Scope, analysis: Analysis): void {
  const on = statement.on === undefined ? SAFE : analysis.evaluate(statement.on, scope)
  const tests = statement.cases.map((part) => part.tests.map((test) => analysis.evaluate(test, scope)))
  if (
    on.constant !== undefined &&
    tests.every((values) => values.every((value) => value.constant !== undefined))
  ) {
    const chosen = tests.findIndex((values) => values.some((value) => value.constant === on.constant))
    const from = chosen >= 0 ? chosen : statement.cases.findIndex((part) => part.tests.length === 0)
    if (from >= 0) runFrom(statement.cases, from, scope, analysis)
    scope.left = scope.left === 'break' ? false : scope.left
    return
  }
  const hasDefault = statement.cases.some((part) => part.tests.length === 0)
  const ends = hasDefault ? [] : [branch(scope)]
  const exits = { base: scope.variables, found: [] as Variables[] }
  statement.cases.forEach((part, index) => {
    const inner = { ...branch(scope), exits }
    const key = statement.on === undefined ? undefined : keyOf(statement.on)
    const only = tests[index]?.length === 1 ? tests[index]?.[0]?.constant : undefined
    if (
      key !== undefined &&
      part.tests.length > 0 &&
      tests[index]?.every((value) => value.taints.length === 0) === true
    )
      inner.variables.set(key, only === undefined ? SAFE : constant(only))
    runFrom(statement.cases, index, inner, analysis)
    inner.left = inner.left === 'break' ? false : inner.left
    ends.push(inner)
  })
  for (const variables of exits.found) ends.push({ ...scope, left: false, variables })
  meet(scope, ends)
}

function runFrom(cases: readonly Case[], from: number, scope: Scope, analysis: Analysis): void {
  for (let index = from; index < Math.min(cases.length, from + 6); index++) {
    const part = cases[index]
    if (part === undefined) return
    analysis.run(part.body, scope)
    if (scope.left !== false || !part.fallsThrough) return
  }
}

/** After the ways met again: a name may have any value that a way gave it that still goes on. */
function meet(scope: Scope, ends: readonly Scope[]): void {
  const open = ends.filter((end) => end.left === false)
  const broken = ends.filter((end) => end.left === 'break')
  const going = open.length > 0 ? open : broken
  if (going.length === 0) {
    scope.left = ends.length === 0 ? scope.left : 'gone'
    return
  }
  mergeInto(scope, scope, going)
  scope.left = open.length > 0 ? false : 'break'
}

/** Writes into a scope what any of the ways left behind that began at `base`. */
function mergeInto(scope: Scope, base: Scope, ends: readonly Scope[]): void {
  const [only] = ends
  const names = new Set(ends.flatMap((end) => [...end.variables.changedSince(base.variables)]))
  for (const name of names) {
    const values = ends.map((end) => end.variables.get(name))
    const known = values.filter((value) => value !== undefined)
    const [first, ...rest] = known
    // What was learnt of a path (`req.query.id`) holds only where every way learnt it.
    if (first === undefined || (name.includes('.') && known.length < ends.length))
      scope.variables.forget(name)
    else if (ends.length === 1 && only !== undefined) scope.variables.set(name, first)
    else
      scope.variables.set(
        name,
        rest.reduce((left, right) => (left === right ? left : join(left, right)), first),
      )
  }
}

/** Gives a name, a member, an element or a whole pattern its value. */
export function assignTo(
  target: Expression,
  given: Value,
  scope: Scope,
  at: Syntax,
  analysis: Analysis,
  type?: string,
): void {
  const value = type === undefined || type === 'var' ? given : typed(given, type)
  switch (target.kind) {
    case 'name': {
      see(analysis, 'assign', { paths: [target.name], at, values: [{ value, expression: target }], scope })
      const fresh = value.taints.length === 0 || value.taints[0]?.trace?.at === at
      const kept = fresh ? value : step(value, at, `assigned to ${target.name.slice(0, 40)}`)
      scope.variables.set(target.name, kept)
      writeField(target, kept, scope, analysis)
      forget(target.name, scope, analysis)
      return
    }
    case 'member':
      assignMember(target.of, target.name, value, scope, at, analysis)
      return
    case 'index': {
      const key = analysis.evaluate(target.key, scope)
      const of = analysis.evaluate(target.of, scope)
      if (key.constant !== undefined && key.constant !== null) {
        assignMember(target.of, String(key.constant), value, scope, at, analysis)
        return
      }
      see(analysis, 'assign', {
        paths: pathsOf(of, '[]'),
        at,
        values: [
          { value, expression: target },
          { value: key, expression: target.key },
        ],
        receiver: of,
        scope,
      })
      replace(target.of, withEntry(of, key, value), scope, analysis)
      return
    }
    case 'list':
      target.items.forEach((item, index) => {
        const known = value.list === true ? value.entries?.get(String(index)) : undefined
        analysis.assign(item, known ?? partOf(value, String(index)), scope, at)
      })
      return
    case 'record':
      for (const { key, value: inner } of target.entries) {
        const name = key?.kind === 'literal' ? String(key.value) : undefined
        analysis.assign(
          inner,
          name === undefined ? { taints: deepTaints(value) } : propertyOf(value, name, inner, analysis),
          scope,
          at,
        )
      }
      return
    case 'spread':
      analysis.assign(target.of, { taints: deepTaints(value) }, scope, at)
      return
    case 'mixture':
      for (const part of target.of) analysis.assign(part, { taints: deepTaints(value) }, scope, at)
      return
    case 'assign':
      analysis.assign(target.target, value, scope, at)
      return
    default:
      return
  }
}

function typed(value: Value, type: string): Value {
  if (isNumeric(type) && typeof value.constant !== 'number' && typeof value.constant !== 'string')
    return { ...value, taints: [], type }
  return { ...value, type: value.type ?? type }
}

function partOf(value: Value, key: string): Value {
  if (value.closed === true) return SAFE
  return {
    taints: deepTaints(value),
    path: value.path === undefined ? undefined : key === '0' ? value.path : `${value.path}[]`,
  }
}

/** Taking `{ query }` apart reads `.query`. */
function propertyOf(value: Value, name: string, at: Expression, analysis: Analysis): Value {
  const scope: Scope = {
    variables: new Variables(undefined, new Map([['<of>', value]])),
    fn: undefined,
    returns: [],
    left: false,
    depth: 0,
  }
  return analysis.evaluate(
    { kind: 'member', of: { kind: 'name', name: '<of>', at: at.at }, name, at: at.at },
    scope,
  )
}

function assignMember(
  of: Expression,
  name: string,
  value: Value,
  scope: Scope,
  at: Syntax,
  analysis: Analysis,
): void {
  const holder = analysis.evaluate(of, scope)
  see(analysis, 'assign', {
    paths: pathsOf(holder, name),
    at,
    values: [{ value, expression: of }],
    receiver: holder,
    scope,
  })
  writeField({ kind: 'member', of, name, at }, value, scope, analysis)
  const key = keyOf({ kind: 'member', of, name, at })
  if (key !== undefined) forget(key, scope, analysis)
  replace(
    of,
    withEntry(
      holder,
      constant(name),
      value.taints.length === 0 ? value : step(value, at, `assigned to .${name.slice(0, 40)}`),
    ),
    scope,
    analysis,
  )
}

function writeField(target: Expression, value: Value, scope: Scope, analysis: Analysis): void {
  const field = fieldOf(target, scope)
  if (field !== undefined) analysis.writeField(...field, value)
}

/** Writes a changed collection back to where it was read from. */
function replace(of: Expression, changed: Value, scope: Scope, analysis: Analysis): void {
  if (of.kind === 'name') scope.variables.set(of.name, changed)
  else if (of.kind === 'member' || of.kind === 'index') {
    const key = keyOf(of)
    if (key === undefined) return
    analysis.learnt.add(key)
    scope.variables.set(key, changed)
  } else if (of.kind === 'call' && of.callee.kind === 'member' && of.callee.of.kind === 'name') {
    const holder = scope.variables.get(of.callee.of.name)
    if (holder !== undefined)
      scope.variables.set(of.callee.of.name, { ...holder, taints: controlOf([holder, changed]).taints })
  }
}

/** What was known of paths that begin with a name ends when the name gets another value. */
function forget(name: string, scope: Scope, analysis: Analysis): void {
  for (const key of analysis.learnt)
    if (key === name || (key.startsWith(name) && key.charAt(name.length) === '.')) scope.variables.forget(key)
}
