/** The only clock: milliseconds since 1970, injected everywhere so that tests can turn it. */
export type Clock = () => number

/** A moment as text, always UTC with milliseconds: `2026-01-31T12:00:00.000Z`. */
export type Instant = string

export function instantOf(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString()
}

export function millisecondsOf(instant: Instant): number {
  return Date.parse(instant)
}
