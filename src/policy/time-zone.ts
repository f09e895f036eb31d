/**
 * An IANA name such as `Europe/Berlin` as the time zone database writes it; undefined for what is none. An offset such as
 * `+02:00` is none: it knows no summer.
 */
export function timeZoneNamed(text: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(text)) return undefined
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}
