import type { Syntax } from '../syntax/tree.ts'
import {
  concatenated,
  constant,
  controlOf,
  deepTaints,
  join,
  mergeTaints,
  SAFE,
  type Value,
} from './value.ts'

/** What a method does to the collection or text it is called on. */
export interface Effect {
  readonly result: Value
  /** What the receiver is afterwards, where it changes. */
  readonly receiver?: Value
}

const PUTS = new Set([
  'put',
  'set',
  'Set',
  'setdefault',
  'putIfAbsent',
  'store',
  'setAttribute',
  'setProperty',
  'Add',
  'addAttribute',
])
const GETS = new Set([
  'get',
  'Get',
  'fetch',
  'getOrDefault',
  'at',
  'elementAt',
  'getProperty',
  'getAttribute',
  'dig',
  'pop',
  '[]',
])
const ADDS = new Set(['add', 'push', 'append', 'addLast', 'Add', '<<', 'enqueue', 'offer'])
const ADDS_ALL = new Set(['addAll', 'extend', 'concat', 'AddRange', 'update', 'putAll', 'assign', 'merge'])
const PREPENDS = new Set(['unshift', 'addFirst', 'prepend', 'insert'])
const REMOVES = new Set(['remove', 'shift', 'poll', 'removeFirst', 'RemoveAt', 'pop'])
const TEXT_BUILDERS =
  /^(?:StringBuilder|StringBuffer|StringWriter|StringIO|strings\.Builder|bytes\.Buffer|Builder|Buffer)$/
const TEXT_APPENDS = new Set([
  'append',
  'Append',
  'write',
  'WriteString',
  'insert',
  'AppendLine',
  'AppendFormat',
  'Write',
  'appendCodePoint',
  'push_str',
])

/** The effect of a method on a known collection or text builder; undefined when it has none that we follow. */
export function effectOf(
  receiver: Value,
  method: string,
  values: readonly Value[],
  at: Syntax,
): Effect | undefined {
  if (receiver.type !== undefined && TEXT_BUILDERS.test(receiver.type))
    return textEffect(receiver, method, values, at)
  const [first, second] = values
  if (receiver.list === true && receiver.entries !== undefined)
    return joinedText(receiver, method, values, at) ?? listEffect(receiver, method, values)
  if (receiver.entries !== undefined) {
    if (PUTS.has(method) && first !== undefined && second !== undefined)
      return { result: SAFE, receiver: withEntry(receiver, first, second) }
    if (GETS.has(method) && first !== undefined) return { result: gotten(receiver, first, values) }
  } else if ((ADDS.has(method) || ADDS_ALL.has(method) || PREPENDS.has(method)) && carriesMore(values)) {
    return { result: controlOf(values), receiver: carrying(receiver, values) }
  } else if (PUTS.has(method) && carriesMore(values.slice(-1))) {
    return { result: SAFE, receiver: carrying(receiver, values.slice(-1)) }
  }
  return undefined
}

function carriesMore(values: readonly Value[]): boolean {
  return values.some((value) => deepTaints(value).some(({ origin }) => origin > 1))
}

function carrying(receiver: Value, values: readonly Value[]): Value {
  return { ...receiver, taints: mergeTaints(receiver.taints, controlOf(values).taints) }
}

function textEffect(
  receiver: Value,
  method: string,
  values: readonly Value[],
  at: Syntax,
): Effect | undefined {
  if (TEXT_APPENDS.has(method)) {
    const after = {
      ...concatenated([receiver, ...values.slice(method === 'insert' ? 1 : 0)], at),
      type: receiver.type,
    }
    return { result: after, receiver: after }
  }
  if (/^(?:toString|ToString|String|getvalue|Bytes|reverse|replace|to_s)$/.test(method))
    return { result: { ...receiver, type: undefined } }
  return /^(?:setLength|delete|clear|Reset|Clear)$/.test(method)
    ? { result: SAFE, receiver: { taints: [], type: receiver.type } }
    : undefined
}

/** `['a?b=', x].join('')`: the text that the elements make, in order. */
function joinedText(
  { entries, closed }: Value,
  method: string,
  [separator, ...more]: readonly Value[],
  at: Syntax,
): Effect | undefined {
  if (method !== 'join' || closed !== true || entries === undefined || more.length > 0) return undefined
  const between = separator?.constant ?? (separator === undefined ? ',' : undefined)
  if (typeof between !== 'string') return undefined
  const parts = [...entries.values()].flatMap((part, index) =>
    index === 0 ? [part] : [constant(between), part],
  )
  return { result: concatenated(parts, at) }
}

function listEffect(receiver: Value, method: string, values: readonly Value[]): Effect | undefined {
  const items = [...(receiver.entries?.values() ?? [])]
  const [first, second] = values
  const after = (changed: readonly Value[], loose: Value = SAFE): Value => ({
    ...receiver,
    taints: mergeTaints(receiver.taints, loose.taints),
    entries: new Map(changed.map((value, index) => [String(index), value] as const)),
  })
  if (ADDS.has(method) && first !== undefined)
    return {
      result: SAFE,
      receiver: after([...items, values.length > 1 && second !== undefined ? second : first]),
    }
  if (PREPENDS.has(method) && first !== undefined)
    return { result: SAFE, receiver: after([second ?? first, ...items]) }
  if (ADDS_ALL.has(method) && first !== undefined) {
    const more = first.list === true && first.entries !== undefined ? [...first.entries.values()] : undefined
    const changed = more === undefined ? after(items, controlOf(values)) : after([...items, ...more])
    return { result: changed, receiver: more === undefined ? { ...changed, closed: false } : changed }
  }
  if (method === 'pop' && first === undefined)
    return { result: items.at(-1) ?? controlOf([receiver]), receiver: after(items.slice(0, -1)) }
  if (REMOVES.has(method)) {
    const index = typeof first?.constant === 'number' ? first.constant : first === undefined ? 0 : undefined
    if (index === undefined) return { result: SAFE }
    return {
      result: items[index] ?? controlOf([receiver]),
      receiver: after(items.filter((_, at) => at !== index)),
    }
  }
  if (GETS.has(method) && first !== undefined) return { result: gotten(receiver, first, values) }
  if (/^(?:first|getFirst|firstOrNull)$/.test(method)) return { result: items[0] ?? controlOf([receiver]) }
  if (/^(?:last|getLast)$/.test(method)) return { result: items.at(-1) ?? controlOf([receiver]) }
  return undefined
}

function gotten(receiver: Value, key: Value, values: readonly Value[]): Value {
  const fallback = values[1]
  if (key.constant === undefined) return controlOf([receiver, ...(fallback === undefined ? [] : [fallback])])
  const entry = receiver.entries?.get(String(key.constant))
  if (entry !== undefined) return entry
  const rest = receiver.closed === true ? SAFE : controlOf([receiver])
  return fallback === undefined ? rest : join(rest, fallback)
}

/** The collection with one more entry; under a key nobody knows it may be any entry. */
export function withEntry(receiver: Value, key: Value, value: Value): Value {
  if (key.constant === undefined || key.constant === null)
    return {
      ...receiver,
      taints: mergeTaints(receiver.taints, controlOf([value]).taints),
      entries: receiver.entries ?? new Map(),
      closed: false,
    }
  return { ...receiver, entries: new Map(receiver.entries ?? []).set(String(key.constant), value) }
}
