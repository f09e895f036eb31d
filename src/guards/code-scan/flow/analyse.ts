import type { Language } from '../language.ts'
import { anyBetween } from '../places.ts'
import type { ClassNode, Expression, FunctionNode, Statement } from '../syntax/program.ts'
import type { Syntax } from '../syntax/tree.ts'
import type { Analysis, Scope, Sight } from './analysis.ts'
import { callsOfHolders } from './callers.ts'
import { evaluateExpression } from './evaluate.ts'
import { Fields } from './fields.ts'
import { returned, scopeOf, tooDeep } from './functions.ts'
import { rankOf } from './severity.ts'
import { assignTo, runStatements } from './statements.ts'
import { deepTaints, LOCAL, PARAMETER, SAFE, UNKNOWN, type Value } from './value.ts'
import { Variables } from './variables.ts'

export interface Analysed {
  readonly sights: readonly Sight[]
  /** The work had to be cut off: more may be there. */
  readonly cutOff: boolean
}

export interface Analysable {
  readonly language: Language
  readonly text: string
  readonly body: readonly Statement[]
  /** Whether anything that a rule speaks of stands between these places of the text. */
  readonly holds: (from: number, to: number) => boolean
  /** The same, of what counts only for values that come from far away. */
  readonly holdsFar: (from: number, to: number) => boolean
  /** Whether anything that values may come from stands there. */
  readonly hasSource: (from: number, to: number) => boolean
}

const MOST_STEPS = 600_000
const MOST_ENTRIES = 12
const MOST_CALLERS = 6

/** Follows values through a file: its own statements first, then every function that has something a rule speaks of. */
export function analyse({ language, text, body, holds, holdsFar, hasSource }: Analysable): Analysed {
  const sights = new Map<string, Sight>()
  const functions = functionsByName(body)
  const calls = callsOfHolders(functions, text, holds)
  const visits = new Map<FunctionNode, number>()
  const entered = new Map<FunctionNode, Map<string, Value>>()
  const waiting: { readonly fn: FunctionNode; readonly scope: Scope }[] = []
  const active = new Set<FunctionNode>()
  const helpers = new Map<string, boolean>()
  const fields = new Fields()
  let steps = 0
  const top: Scope = { variables: new Variables(), fn: undefined, returns: [], left: false, depth: 0 }

  const analysis: Analysis = {
    language,
    text,
    learnt: new Set(),
    evaluate(expression, scope) {
      if (++steps > MOST_STEPS) return UNKNOWN
      return evaluateExpression(expression, scope, analysis)
    },
    run(statements, scope) {
      if (steps <= MOST_STEPS) runStatements(statements, scope, analysis)
    },
    assign: (target: Expression, value: Value, scope: Scope, at: Syntax, type?: string) =>
      assignTo(target, value, scope, at, analysis, type),
    hasSource(fn) {
      const { start, end } = fn.at.range()
      return hasSource(start.index, end.index)
    },
    isHelper(fn) {
      const { name } = fn
      if (name === undefined || functions.get(name)?.length !== 1) return false
      const known = helpers.get(name)
      if (known !== undefined) return known
      const made = timesCalled(text, name) > 1
      helpers.set(name, made)
      return made
    },
    functionNamed: (name) => {
      const found = functions.get(name)
      return found?.length === 1 ? found[0] : undefined
    },
    enter(fn, values, scope, _at, closure) {
      if (tooDeep(scope) || active.has(fn) || steps > MOST_STEPS) return undefined
      if (!worthEntering(fn, values)) return undefined
      const known = entered.get(fn) ?? new Map<string, Value>()
      entered.set(fn, known)
      const signature = closure ? undefined : values.map(signatureOf).join(';')
      const before = signature === undefined ? undefined : known.get(signature)
      if (before !== undefined) return before
      if (known.size >= MOST_ENTRIES) return undefined
      active.add(fn)
      const inner = scopeOf(fn, closure ? scope : { ...top, depth: scope.depth }, values, analysis)
      const self = scope.variables.get('this')
      if (!closure && self !== undefined) inner.variables.set('this', self)
      analysis.run(fn.body(), inner)
      active.delete(fn)
      const result = returned(inner)
      if (signature !== undefined) known.set(signature, result)
      return result
    },
    visit(fn, scope) {
      const { start, end } = fn.at.range()
      const from = Math.min(start.index, ...fn.marks.map((mark) => mark.at.range().start.index))
      const matters =
        holds(from, end.index) || hasSource(from, end.index) || anyBetween(calls, from, end.index)
      if (!matters && !(scope.reached === true && holdsFar(from, end.index))) return
      const count = visits.get(fn) ?? 0
      visits.set(fn, count + 1)
      // Twice at most: a loop's second round may find what the first could not know. More often for who calls from where.
      if (count < (scope.depth > 0 ? MOST_CALLERS : 2)) waiting.push({ fn, scope })
    },
    readField: (owner, field, scope) => fields.read(owner, field, scope),
    writeField(owner, field, value) {
      // Who looked before anything was known looks once more.
      for (const [fn, scope] of fields.write(owner, field, value))
        waiting.push({ fn, scope: { ...scope, variables: top.variables } })
    },
    see(sight) {
      const key = `${sight.rule.id}@${sight.at.range().start.index}`
      const known = sights.get(key)
      if (known === undefined || rankOf(known) < rankOf(sight)) sights.set(key, sight)
    },
  }

  /** To follow a call pays where something is handed over that counts, or comes back. */
  function worthEntering(fn: FunctionNode, values: readonly (Value | undefined)[]): boolean {
    const handed = Math.max(0, ...values.map((value) => (value === undefined ? 0 : deepestOrigin(value))))
    if (handed >= LOCAL) return true
    const { start, end } = fn.at.range()
    if (handed >= PARAMETER && (holds(start.index, end.index) || anyBetween(calls, start.index, end.index)))
      return true
    return hasSource(start.index, end.index)
  }

  analysis.run(body, top)
  for (let next = waiting.shift(); next !== undefined && steps <= MOST_STEPS; next = waiting.shift()) {
    const { fn, scope } = next
    if (active.has(fn)) continue
    active.add(fn)
    analysis.run(fn.body(), scopeOf(fn, { ...scope, left: false }, undefined, analysis))
    active.delete(fn)
  }
  return { sights: [...sights.values()], cutOff: steps > MOST_STEPS }
}

/** How often `name(` stands in a text by itself or behind `this.`; its own definition counts as well. */
function timesCalled(text: string, name: string): number {
  let count = 0
  for (let at = text.indexOf(name); at >= 0 && count < 2; at = text.indexOf(name, at + name.length)) {
    const before = text.slice(Math.max(0, at - 6), at)
    const own = !/[\w$.]$/.test(before) || /(?:this|self)\.$/.test(before)
    if (own && /^\s{0,2}\(/.test(text.slice(at + name.length, at + name.length + 3))) count++
  }
  return count
}

function deepestOrigin(value: Value): number {
  return Math.max(0, ...deepTaints(value).map(({ origin }) => origin))
}

function signatureOf(value: Value | undefined): string {
  if (value === undefined || value === SAFE) return ''
  const taints = deepTaints(value).map(
    ({ origin, cleared, built, before }) => `${origin},${cleared},${built},${before ?? ''}`,
  )
  return `${String(value.constant)}|${value.path ?? ''}|${value.prefix ?? ''}|${taints.join('/')}|${value.fn?.at.range().start.index ?? ''}|${[...(value.entries?.keys() ?? [])].join(',')}`
}

/** The functions and methods of a file by their names; their bodies stay unread. */
function functionsByName(body: readonly Statement[]): Map<string, FunctionNode[]> {
  const found = new Map<string, FunctionNode[]>()
  const add = (fn: FunctionNode, name: string | undefined = fn.name) => {
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), fn])
  }
  const look = (statements: readonly Statement[], depth: number): void => {
    if (depth > 3) return
    for (const statement of statements) {
      if (statement.kind === 'define') add(statement.fn)
      else if (statement.kind === 'class') lookInto(statement.node, depth)
      else if (statement.kind === 'do' && statement.value.kind === 'assign') {
        const { target, value } = statement.value
        if (value.kind === 'function')
          add(value.fn, target.kind === 'name' || target.kind === 'member' ? target.name : undefined)
      }
    }
  }
  const lookInto = (node: ClassNode, depth: number) => look(node.body(), depth + 1)
  look(body, 0)
  return found
}
