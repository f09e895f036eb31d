import { type KnownSecret, knownValues } from './known-value.ts'

/** Replaces known secrets by their names, in every dress they are found in. */
export type Mask = (text: string) => string

export function maskOf(known: readonly KnownSecret[]): Mask {
  if (known.length === 0) return (text) => text
  return (text) => masked(text, hidden(text, known))
}

/** The same for lines that belong together: what was broken over several of them is found as well. */
export function maskedLines(lines: readonly string[], known: readonly KnownSecret[]): string[] {
  const ends: number[] = []
  let size = 0
  for (const line of lines) {
    size += line.length
    ends.push(size)
  }
  const broken = hidden(lines.join(''), known)
  return lines.map((line, place) => {
    const end = ends[place] ?? 0
    const start = end - line.length
    const own = broken
      .filter((span) => span.start < end && span.end > start)
      .map((span) => ({
        ...span,
        start: Math.max(0, span.start - start),
        end: Math.min(line.length, span.end - start),
      }))
    return masked(line, own)
  })
}

interface Span {
  readonly start: number
  readonly end: number
  readonly name: string
}

/** Places of secrets, joined where they overlap. */
function hidden(text: string, known: readonly KnownSecret[]): Span[] {
  const spans = known
    .flatMap((secret) =>
      knownValues(text, [secret]).map(({ start, end }) => ({ start, end, name: secret.name })),
    )
    .sort((one, other) => one.start - other.start)
  const joined: Span[] = []
  for (const span of spans) {
    const last = joined.at(-1)
    if (last !== undefined && span.start <= last.end)
      joined[joined.length - 1] = { ...last, end: Math.max(last.end, span.end) }
    else joined.push(span)
  }
  return joined
}

function masked(text: string, spans: readonly Span[]): string {
  let result = ''
  let at = 0
  for (const { start, end, name } of spans) {
    result += `${text.slice(at, start)}[${name}]`
    at = end
  }
  return result + text.slice(at)
}
