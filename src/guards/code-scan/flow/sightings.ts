import { bitOf } from '../class.ts'
import type { CompiledSighting, Seen } from '../language.ts'
import type { Condition, OriginName } from '../rule.ts'
import type { Expression } from '../syntax/program.ts'
import type { Syntax } from '../syntax/tree.ts'
import type { Analysis, Scope } from './analysis.ts'
import { conditionHolds } from './conditions-of-rules.ts'
import { isNamed } from './marks.ts'
import { deepTaints, LOCAL, type Origin, REMOTE, type Taint, type Value } from './value.ts'

/** One argument as the rules see it. */
export interface Given {
  readonly name?: string | undefined
  readonly value: Value
  readonly expression: Expression
}

export interface Place {
  readonly paths: readonly string[]
  readonly at: Syntax
  readonly values: readonly Given[]
  readonly receiver?: Value | undefined
  readonly creates?: boolean
  readonly scope: Scope
}

/** Shows a call, assignment, record or reading to every rule that speaks of its kind. */
export function see(analysis: Analysis, kind: Seen, place: Place): void {
  for (const found of analysis.language.sightings[kind].find(place.paths)) judge(analysis, found, place)
}

/** Shows what a name is compared with to the rules that speak of such a name: `password == 'hunter2'`. */
export function seeCompared(
  analysis: Analysis,
  compared: Expression,
  constant: Given,
  place: Omit<Place, 'paths' | 'values'>,
): void {
  const name = lastName(compared)
  if (name !== undefined && typeof constant.value.constant === 'string')
    see(analysis, 'assign', { ...place, paths: [`compared.${name}`], values: [constant] })
}

/** What a value is called where it stands: `form['password']`, `request.getParameter("password")`. */
function lastName(of: Expression): string | undefined {
  if (of.kind === 'name' || of.kind === 'member') return of.name
  const key = of.kind === 'index' ? of.key : of.kind === 'call' ? of.arguments[0]?.value : undefined
  return key?.kind === 'literal' && typeof key.value === 'string' ? key.value : undefined
}

function judge(analysis: Analysis, found: CompiledSighting, place: Place): void {
  const { sighting, rule } = found
  if (sighting.creates !== undefined && sighting.creates !== (place.creates === true)) return
  if (
    sighting.marked !== undefined &&
    place.scope.fn?.marks.some(({ name }) => isNamed(name, sighting.marked)) !== true
  )
    return
  if (found.target !== undefined && !found.target.test(place.paths[0]?.split('.').at(-1) ?? '')) return
  if (
    !Object.entries(sighting.where ?? {}).every(([selector, condition]) => holds(selector, condition, place))
  )
    return
  if (!textHolds(analysis, found, place)) return
  const { fn } = place.scope
  if (sighting.taint === undefined) {
    analysis.see({ rule, sighting, at: place.at, origin: 0, trace: undefined, fn })
    return
  }
  const worst = sighting.taint
    .flatMap((selector) => controlled(String(selector), found, place))
    .filter((taint) => counts(found, taint))
    .sort((a, b) => b.origin - a.origin)[0]
  if (worst !== undefined)
    analysis.see({ rule, sighting, at: place.at, origin: worst.origin, trace: worst.trace, fn })
}

/** The ways in which what a selector names is under control; `=0` leaves out what a collection holds. */
function controlled(selector: string, found: CompiledSighting, place: Place): readonly Taint[] {
  const shallow = selector.startsWith('=')
  return selected(shallow ? selector.slice(1) : selector, place).flatMap((value) =>
    isHeld(found, value) || !beginsRight(found, value) ? [] : shallow ? value.taints : deepTaints(value),
  )
}

const RANK: Readonly<Record<OriginName, Origin | 9>> = {
  unknown: 1,
  parameter: 2,
  local: 3,
  remote: REMOTE,
  never: 9,
}

function counts({ sighting, rule, after, notAfter, harmlessAfter }: CompiledSighting, taint: Taint): boolean {
  if ((taint.cleared & bitOf(rule.class)) !== 0) return false
  const least = RANK[(taint.built ? sighting.built : sighting.whole) ?? sighting.whole ?? 'remote']
  if (taint.origin < least) return false
  if (taint.built && harmlessAfter?.test(taint.before ?? '') === true) return false
  // What a stranger controls is wrong at any place; for the rest the place decides whether it may be meant.
  if (!taint.built || taint.origin >= LOCAL) return true
  if (after !== undefined && !after.test(taint.before ?? '')) return false
  return notAfter?.test(taint.before ?? '') !== true
}

/** It begins with constant text that holds it where it belongs. */
function isHeld({ notPrefix }: CompiledSighting, value: Value): boolean {
  return notPrefix !== undefined && value.prefix !== undefined && notPrefix.test(value.prefix)
}

function beginsRight({ prefix }: CompiledSighting, value: Value): boolean {
  return prefix === undefined || prefix.test(value.prefix ?? '')
}

/** The values a selector names: `0`, `name`, `0|name`, `1.key`, `receiver`, `any`, `rest:1`. */
export function selected(selector: string, place: Place): Value[] {
  for (const choice of selector.split('|')) {
    const [head = '', ...keys] = choice.split('.')
    const values = headOf(head, place)
    const inner = keys.reduce<Value[]>(
      (all, key) =>
        all.flatMap((value) => (key === '*' ? [...(value.entries?.values() ?? [])] : entryOf(value, key))),
      values,
    )
    if (inner.length > 0) return inner
  }
  return []
}

function entryOf(value: Value, key: string): Value[] {
  const entry = value.entries?.get(key)
  return entry === undefined ? [] : [entry]
}

function headOf(head: string, { values, receiver }: Place): Value[] {
  if (head === 'receiver') return receiver === undefined ? [] : [receiver]
  if (head === 'any') return values.map(({ value }) => value)
  if (head === 'last') return values.slice(-1).map(({ value }) => value)
  const positional = values.filter(({ name }) => name === undefined)
  if (head.startsWith('rest:')) return positional.slice(Number(head.slice(5))).map(({ value }) => value)
  const byPlace = /^\d+$/.test(head) ? positional[Number(head)] : values.find(({ name }) => name === head)
  return byPlace === undefined ? [] : [byPlace.value]
}

function holds(selector: string, condition: Condition, place: Place): boolean {
  return conditionHolds(condition, selected(selector, place))
}

function textHolds(analysis: Analysis, found: CompiledSighting, { at, scope }: Place): boolean {
  return surroundingsHold(
    found,
    analysis.text,
    at,
    scope.fn?.name,
    () => scope.fn?.at.text() ?? analysis.text,
  )
}

/** Whether the text around a place is as the sighting says it must be. */
export function surroundingsHold(
  found: CompiledSighting,
  text: string,
  at: Syntax,
  functionName: string | undefined,
  functionText: () => string,
): boolean {
  const { near, notNear, inFunction, notInFunction, inFile, notInFile } = found
  if (inFile !== undefined && !inFile.test(text)) return false
  if (notInFile?.test(text) === true) return false
  if (near !== undefined || notNear !== undefined) {
    const around = `${functionName ?? ''}\n${linesAround(text, at)}`
    if (near !== undefined && !near.test(around)) return false
    if (notNear?.test(around) === true) return false
  }
  if (inFunction === undefined && notInFunction === undefined) return true
  const body = functionText().slice(0, 40_000)
  if (inFunction !== undefined && !inFunction.test(body)) return false
  return notInFunction?.test(body) !== true
}

/** The whole lines the node stands on. */
function linesAround(text: string, at: Syntax): string {
  const { start, end } = at.range()
  const from = text.lastIndexOf('\n', start.index - 1) + 1
  const to = text.indexOf('\n', end.index)
  return text.slice(Math.max(from, start.index - 400), Math.min(to < 0 ? text.length : to, from + 2_000))
}
