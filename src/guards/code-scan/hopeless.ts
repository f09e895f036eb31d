import { type LanguageName, parseText } from './grammars.ts'

const WINDOW = 8_000
/** Far more than a cut in the middle of a statement gives. */
const MOST_ERRORS = 300

/**
 * Whether a text has a stretch that is nothing of its language. The grammar of Python needs quadratic time to recover from
 * error after error (13 s for 230 KB made for it), and nobody can stop a parser: so each stretch is tried by itself first.
 */
export function isHopeless(language: LanguageName, text: string): boolean {
  if (language !== 'python' || text.length <= 2 * WINDOW) return false
  for (let from = 0; from < text.length; from = nextLine(text, from + WINDOW)) {
    const window = text.slice(from, nextLine(text, from + WINDOW)).slice(0, 2 * WINDOW)
    if (parseText(language, window).findAll({ rule: { kind: 'ERROR' } }).length > MOST_ERRORS) return true
  }
  return false
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}
