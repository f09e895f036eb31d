/** A place where one of many needles stands. */
export interface Hit {
  readonly needle: number
  readonly start: number
  readonly end: number
}

/**
 * Finds any of many byte strings in one pass that mostly jumps (Wu and Manber, 1994): with needles of `m` bytes and more it
 * looks at about one byte in `m` of a text that holds none. Hits are in the order of their places and do not overlap; of two
 * at one place the longer counts. Needles shorter than two bytes are left out.
 */
export function createMultiSearch(
  needles: readonly Uint8Array[],
): (bytes: Uint8Array, from?: number, to?: number) => Hit[] {
  const usable = needles.map((bytes, needle) => ({ bytes, needle })).filter(({ bytes }) => bytes.length >= 2)
  if (usable.length === 0) return () => []
  const window = Math.min(...usable.map(({ bytes }) => bytes.length))
  const jumps = new Uint16Array(65_536).fill(Math.min(window - 1, 65_535))
  const ending = new Map<number, typeof usable>()
  for (const each of usable) {
    for (let at = 1; at < window; at += 1) {
      const pair = pairAt(each.bytes, at)
      jumps[pair] = Math.min(jumps[pair] ?? 0, window - 1 - at)
    }
    const last = pairAt(each.bytes, window - 1)
    ending.set(last, [...(ending.get(last) ?? []), each])
  }
  for (const candidates of ending.values()) candidates.sort((a, b) => b.bytes.length - a.bytes.length)

  return (bytes, from = 0, to = bytes.length) => {
    const hits: Hit[] = []
    let at = from + window - 1
    while (at < to) {
      const pair = pairAt(bytes, at)
      const jump = jumps[pair] ?? 0
      if (jump > 0) {
        at += jump
        continue
      }
      const start = at - window + 1
      const found = ending.get(pair)?.find((each) => standsAt(bytes, start, to, each.bytes))
      if (found === undefined) {
        at += 1
        continue
      }
      const end = start + found.bytes.length
      hits.push({ needle: found.needle, start, end })
      at = end + window - 1
    }
    return hits
  }
}

function pairAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0)
}

function standsAt(bytes: Uint8Array, start: number, to: number, needle: Uint8Array): boolean {
  if (start + needle.length > to) return false
  for (let at = 0; at < needle.length; at += 1) if (bytes[start + at] !== needle[at]) return false
  return true
}
