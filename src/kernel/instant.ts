/** What time it is: milliseconds since 1970, injected everywhere so that tests can turn it. For dates, not durations. */
export type Clock = () => number

/**
 * Milliseconds since some moment, at an even pace: for how long something took. A clock can be set, and jumps when the
 * host was suspended; this does neither.
 */
export type Stopwatch = () => number

/** A moment as text, always UTC with milliseconds: `2026-01-31T12:00:00.000Z`. */
export type Instant = string

export function instantOf(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString()
}

export function millisecondsOf(instant: Instant): number {
  return Date.parse(instant)
}
