import type { Syntax } from '../syntax/tree.ts'
import { concatenated, constant, controlOf, SAFE, type Value } from './value.ts'

const PLACE =
  /%(?:\((\w{1,60})\))?[-+ #0]{0,4}\d{0,6}(?:\.\d{1,6})?([sdifFeEgGxXoucrvqTtpbUa%])|\{(\w{0,60})(?:![rsa])?(?::([^{}]{0,60}))?\}/g

/** A format with its values put in: each stands where the format has a place for it, and numbers can carry nothing. */
export function formatted(
  format: Value,
  values: readonly Value[],
  at: Syntax,
  named?: ReadonlyMap<string, Value>,
): Value {
  const text = format.constant
  if (typeof text !== 'string') return concatenated([format, controlOf(values)], at)
  const parts: Value[] = []
  let end = 0
  let next = 0
  for (const match of text.slice(0, 20_000).matchAll(PLACE)) {
    const [whole, percentName, conversion, braceName, braceFormat] = match
    parts.push(constant(text.slice(end, match.index)))
    end = match.index + whole.length
    if (conversion === '%') parts.push(constant('%'))
    else if (conversion !== undefined && 'difFeEgGxXouctb'.includes(conversion)) {
      next++
      parts.push(SAFE)
    } else if (braceFormat !== undefined && /[dxXofeEgGn]$/.test(braceFormat)) {
      next++
      parts.push(SAFE)
    } else parts.push(placed(percentName ?? braceName, values, named, () => next++))
  }
  parts.push(constant(text.slice(end)))
  if (end === 0) return concatenated([format, controlOf(values)], at)
  return concatenated(parts, at)
}

function placed(
  name: string | undefined,
  values: readonly Value[],
  named: ReadonlyMap<string, Value> | undefined,
  count: () => number,
): Value {
  if (name === undefined || name === '') return values[count()] ?? controlOf(values)
  if (/^\d+$/.test(name)) return values[Number(name)] ?? controlOf(values)
  const inRecord = values.find((value) => value.entries?.has(name))?.entries?.get(name)
  return named?.get(name) ?? inRecord ?? controlOf([...values, ...(named?.values() ?? [])])
}
