const REACH = 60

/** What stands on the same line before a place, back to the last digit: labels are never further away. */
export function wordsBefore(text: string, place: number): string {
  let from = place
  while (from > 0 && place - from < REACH) {
    const code = text.charCodeAt(from - 1)
    if (code === 10 || (code >= 48 && code <= 57)) break
    from -= 1
  }
  return text.slice(from, place)
}
