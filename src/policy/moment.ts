/** A time of day as policies see it. */
export interface Moment {
  readonly hour: number
  readonly minute: number
  readonly weekday: string
}

/** What a clock on the wall of that time zone shows; an unknown zone throws. */
export function momentOf(milliseconds: number, timeZone: string): Moment {
  const parts = formatOf(timeZone).formatToParts(milliseconds)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? ''
  return {
    hour: Number(part('hour')),
    minute: Number(part('minute')),
    weekday: part('weekday').toLowerCase(),
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making one takes longer than a decision. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const options = { timeZone, hour: 'numeric', minute: 'numeric', weekday: 'long', hourCycle: 'h23' } as const
  const made = new Intl.DateTimeFormat('en', options)
  formats.set(timeZone, made)
  return made
}
