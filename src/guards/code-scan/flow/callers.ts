import type { FunctionNode } from '../syntax/program.ts'

const ROUNDS = 2
const MOST_CALLS = 2_000

/**
 * Where a file calls those of its own functions that hold something a rule speaks of: who hands a value to such a
 * helper has to be looked at as well, and who calls that one.
 */
export function callsOfHolders(
  functions: ReadonlyMap<string, readonly FunctionNode[]>,
  text: string,
  holds: (from: number, to: number) => boolean,
): number[] {
  const places: number[] = []
  const told = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const known = places.length
    for (const [name, [fn, ...others]] of functions) {
      if (fn === undefined || others.length > 0 || fn.parameters.length === 0 || told.has(name)) continue
      const { start, end } = fn.at.range()
      const within = (at: number) => at >= start.index && at < end.index
      if (!holds(start.index, end.index) && !places.slice(0, known).some(within)) continue
      told.add(name)
      for (const at of callsOf(name, text)) if (!within(at)) places.push(at)
      if (places.length > MOST_CALLS) return places.sort((a, b) => a - b)
    }
  }
  return places.sort((a, b) => a - b)
}

function callsOf(name: string, text: string): number[] {
  const found: number[] = []
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + name.length))
    if (
      !/[\w$]/.test(text.charAt(at - 1)) &&
      /^\s{0,2}\(/.test(text.slice(at + name.length, at + name.length + 3))
    )
      found.push(at)
  return found
}
