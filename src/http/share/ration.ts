/** How often something may be done, by everybody together and by each. */
export interface RationBounds {
  readonly each: number
  readonly everybody: number
  readonly withinMilliseconds: number
}

/** More names than this are not told apart within one window. */
const MOST_NAMES = 10_000

/** Counts in windows of a fixed length; true while somebody may still. */
export function createRation(bounds: RationBounds, now: () => number): (name: string) => boolean {
  let since = Number.NEGATIVE_INFINITY
  let all = 0
  const counts = new Map<string, number>()
  return (name) => {
    if (now() - since >= bounds.withinMilliseconds) {
      since = now()
      all = 0
      counts.clear()
    }
    const known = counts.has(name) || counts.size < MOST_NAMES ? name : ''
    const count = (counts.get(known) ?? 0) + 1
    counts.set(known, count)
    all += 1
    return count <= bounds.each && all <= bounds.everybody
  }
}
