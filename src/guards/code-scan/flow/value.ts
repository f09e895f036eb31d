import type { ClassNode, Constant, FunctionNode } from '../syntax/program.ts'
import type { Syntax } from '../syntax/tree.ts'

/** Where a value may come from, weakest first: nobody can say; whoever calls; this machine; somebody far away. */
export const UNKNOWN_ORIGIN = 1
export const PARAMETER = 2
export const LOCAL = 3
export const REMOTE = 4
export type Origin = 1 | 2 | 3 | 4

/** One way in which a value may be under somebody's control. */
export interface Taint {
  readonly origin: Origin
  /** The classes it was made harmless for, a bit for each. */
  readonly cleared: number
  /** It stands inside of a longer text; this is the end of the constant text before it. */
  readonly before?: string
  readonly built: boolean
  readonly trace: Trace | undefined
}

/** The way a value came, last step first. */
export interface Trace {
  readonly at: Syntax
  readonly what: string
  readonly from: Trace | undefined
  readonly length: number
}

export interface Value {
  readonly taints: readonly Taint[]
  /** Undefined: not known to be one constant. */
  readonly constant?: Constant | undefined
  /** The dotted name it was reached by, imports and aliases undone. */
  readonly path?: string | undefined
  readonly type?: string | undefined
  /** What a collection is known to hold; lists count from '0'. */
  readonly entries?: ReadonlyMap<string, Value> | undefined
  /** The entries are all there is. */
  readonly closed?: boolean | undefined
  readonly list?: boolean | undefined
  readonly fn?: FunctionNode | undefined
  readonly cls?: ClassNode | undefined
  /** The constant text it begins with. */
  readonly prefix?: string | undefined
  readonly built?: boolean | undefined
  /** The name of the text that this address was read from. */
  readonly readFrom?: string | undefined
  /** A regular expression literal. */
  readonly pattern?: boolean | undefined
}

export const SAFE: Value = { taints: [] }
export const UNKNOWN: Value = {
  taints: [{ origin: UNKNOWN_ORIGIN, cleared: 0, built: false, trace: undefined }],
}

const LONGEST_TRACE = 24

export function constant(value: Constant): Value {
  return typeof value === 'string'
    ? { taints: [], constant: value, prefix: value }
    : { taints: [], constant: value }
}

export function tainted(origin: Origin, at: Syntax, what: string, more: Partial<Value> = {}): Value {
  return {
    ...more,
    taints: [{ origin, cleared: 0, built: false, trace: { at, what, from: undefined, length: 1 } }],
  }
}

/** The value as it is after one more step of its way. */
export function step(value: Value, at: Syntax, what: string): Value {
  if (value.taints.length === 0) return value
  return {
    ...value,
    taints: value.taints.map((taint) => ({ ...taint, trace: longer(taint.trace, at, what) })),
  }
}

function longer(trace: Trace | undefined, at: Syntax, what: string): Trace | undefined {
  if (trace === undefined || trace.length >= LONGEST_TRACE) return trace
  return { at, what, from: trace, length: trace.length + 1 }
}

/** Either value: every way in which one of them is under control. */
export function join(left: Value, right: Value): Value {
  if (left === right) return left
  const same = left.constant !== undefined && left.constant === right.constant
  return {
    taints: mergeTaints(left.taints, right.taints),
    constant: same ? left.constant : undefined,
    path: left.path === right.path ? left.path : undefined,
    type: left.type === right.type ? left.type : (left.type ?? right.type),
    prefix: commonPrefix(left.prefix, right.prefix),
    built: (left.built ?? false) || (right.built ?? false),
    fn: left.fn ?? right.fn,
    ...joinedEntries(left, right),
  }
}

function joinedEntries(left: Value, right: Value): Partial<Value> {
  if (left.entries === undefined || right.entries === undefined) {
    const entries = left.entries ?? right.entries
    return entries === undefined ? {} : { entries, closed: false, list: left.list ?? right.list }
  }
  if (left.entries === right.entries)
    return { entries: left.entries, closed: left.closed === true && right.closed === true, list: left.list }
  const entries = new Map(left.entries)
  for (const [key, value] of right.entries) {
    const other = entries.get(key)
    entries.set(key, other === undefined ? value : join(other, value))
  }
  return { entries, closed: left.closed === true && right.closed === true, list: left.list }
}

export function joinAll(values: readonly Value[]): Value {
  const [first, ...rest] = values
  return first === undefined ? SAFE : rest.reduce(join, first)
}

/** Only what is under control, without being anything in particular. */
export function controlOf(values: readonly Value[]): Value {
  return { taints: values.reduce<readonly Taint[]>((all, value) => mergeTaints(all, deepTaints(value)), []) }
}

/** The taints of a value and of what it is known to hold. */
export function deepTaints(value: Value, depth = 0): readonly Taint[] {
  if (value.entries === undefined || depth > 4) return value.taints
  return [...value.entries.values()].reduce<readonly Taint[]>(
    (all, entry) => mergeTaints(all, deepTaints(entry, depth + 1)),
    value.taints,
  )
}

export function mergeTaints(left: readonly Taint[], right: readonly Taint[]): readonly Taint[] {
  if (right.length === 0 || left === right) return left
  if (left.length === 0) return right
  const kept: Taint[] = []
  for (const taint of [...left, ...right]) {
    if (kept.some((other) => covers(other, taint))) continue
    const rest = kept.filter((other) => !covers(taint, other))
    kept.length = 0
    kept.push(...rest, taint)
  }
  return kept.length > MOST_TAINTS
    ? kept.sort((a, b) => b.origin - a.origin || a.cleared - b.cleared).slice(0, MOST_TAINTS)
    : kept
}

const MOST_TAINTS = 5

/** Whatever the one can do, the other can do as well. */
function covers(stronger: Taint, weaker: Taint): boolean {
  return (
    stronger.origin >= weaker.origin &&
    (stronger.cleared & ~weaker.cleared) === 0 &&
    (stronger.built || !weaker.built) &&
    (stronger.before === weaker.before || !weaker.built)
  )
}

/** Made harmless for the classes of the mask. */
export function cleared(value: Value, mask: number): Value {
  if (value.taints.length === 0 && value.entries === undefined) return value
  const entries =
    value.entries === undefined
      ? undefined
      : new Map([...value.entries].map(([key, entry]) => [key, cleared(entry, mask)] as const))
  return {
    ...value,
    taints: value.taints.map((taint) => ({ ...taint, cleared: taint.cleared | mask })),
    ...(entries === undefined ? {} : { entries }),
  }
}

export function strongest(value: Value): Origin | 0 {
  return value.taints.reduce<Origin | 0>((most, { origin }) => (origin > most ? origin : most), 0)
}

export function isConstant(value: Value): boolean {
  if (value.constant !== undefined) return true
  return value.taints.length === 0 && (value.entries === undefined || deepTaints(value).length === 0)
}

function commonPrefix(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return undefined
  let same = 0
  while (same < left.length && left[same] === right[same]) same++
  return left.slice(0, same)
}

/** Text put together of these values, in order. */
export function concatenated(parts: readonly Value[], at: Syntax): Value {
  if (parts.every((part) => part.constant !== undefined && part.constant !== null && part.pattern !== true)) {
    const text = parts.map((part) => String(part.constant)).join('')
    return constant(text.length > 10_000 ? text.slice(0, 10_000) : text)
  }
  let before = ''
  let prefix: string | undefined
  let taints: readonly Taint[] = []
  for (const part of parts) {
    if (part.constant !== undefined && part.constant !== null) {
      before += String(part.constant)
      continue
    }
    const text = part.prefix ?? ''
    prefix ??= before + text
    const held = deepTaints(part)
    taints = mergeTaints(
      taints,
      held.map((taint) => ({
        ...taint,
        built: true,
        before:
          taint.before === undefined || !taint.built ? before.slice(-40) : (before + taint.before).slice(-40),
        trace: longer(taint.trace, at, 'put into a longer text'),
      })),
    )
    before = ''
  }
  return { taints, prefix: prefix ?? before, built: true }
}
