/** Words that carry an attack; a model reads them in spite of letters that changed places. */
const WORDS =
  'ignore disregard forget override bypass previous earlier instructions instruction system prompt prompts reveal restrictions guidelines password unrestricted secret'.split(
    ' ',
  )

const BY_ENDS = new Map<number, string[]>()
for (const word of WORDS) {
  const key = ends(word, 0, word.length)
  BY_ENDS.set(key, [...(BY_ENDS.get(key) ?? []), word])
}

const SHORTEST = 6
const LONGEST = 12

/** Puts letters back that were shuffled within a word, first and last one kept; lengths stay as they are. */
export function unscrambled(text: string): string {
  const pieces: string[] = []
  let copied = 0
  for (let at = 0; at < text.length; ) {
    if (!isLetter(text.charCodeAt(at))) {
      at += 1
      continue
    }
    const start = at
    while (at < text.length && isLetter(text.charCodeAt(at))) at += 1
    if (at - start < SHORTEST || at - start > LONGEST) continue
    const meant = meantBy(text, start, at)
    if (meant === undefined) continue
    pieces.push(text.slice(copied, start), meant)
    copied = at
  }
  return copied === 0 ? text : pieces.join('') + text.slice(copied)
}

function meantBy(text: string, start: number, end: number): string | undefined {
  const words = BY_ENDS.get(ends(text, start, end))
  if (words === undefined) return undefined
  const written = text.slice(start, end)
  return words.includes(written)
    ? undefined
    : words.find((word) => word.length === written.length && sorted(word) === sorted(written))
}

function sorted(word: string): string {
  return [...word].sort().join('')
}

function ends(text: string, start: number, end: number): number {
  return text.charCodeAt(start) * 4096 + text.charCodeAt(end - 1) * 16 + (end - start)
}

function isLetter(code: number): boolean {
  return code >= 97 && code <= 122
}
