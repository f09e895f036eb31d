import { DIGIT, isWordCode, lettersAt, MARK } from './words.ts'

/** Shorter than this, a quoted value of letters alone is never told, whatever its name promises. */
const SHORTEST_WITHOUT_DIGIT = 20
const SHORTEST_VALUE = 4
const LONGEST_GAP = 60

/**
 * Whether the value behind an operator may be a secret, by its first few characters: most values of programs are short
 * words, calls and numbers, and their names need not be read.
 */
export function mayBeSecret(text: string, operator: number): boolean {
  let at = operator + 1
  while (isSign(text.charCodeAt(at)) && at - operator < 3) at += 1
  const blank = at
  while (isBlank(text.charCodeAt(at)) && at - blank < LONGEST_GAP) at += 1
  const first = text.charCodeAt(at)
  if (isQuote(first)) return mayBeQuoted(text, at + 1, first)
  return mayBeBare(text, at)
}

function mayBeQuoted(text: string, start: number, quote: number): boolean {
  let letters = 0
  const limit = Math.min(text.length, start + SHORTEST_WITHOUT_DIGIT)
  for (let at = start; at < limit; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) return at - start >= SHORTEST_VALUE && mayBeWord(letters, at - start, false)
    if (code === 10) return false
    if (code === DOT) continue
    if (!isWordCode(code)) return true
    letters |= lettersAt(code)
  }
  return true
}

/** A bare word that is called, indexed or opened is an expression. */
function mayBeBare(text: string, start: number): boolean {
  let at = start
  let letters = 0
  let cases = 0
  const limit = Math.min(text.length, start + SHORTEST_WITHOUT_DIGIT)
  for (; at < limit; at += 1) {
    const code = text.charCodeAt(at)
    if (code === DOT) letters |= MARK
    else if (!isWordCode(code)) break
    letters |= lettersAt(code)
    cases |= code >= 97 ? 1 : code >= 65 ? 2 : 0
  }
  if (at === limit && at < text.length) return true
  const next = text.charCodeAt(at)
  if (OPENING.has(next)) return isWrapper(text, at)
  const isWhole = isSpace(next) || ((next === 44 || next === 59) && isSpace(text.charCodeAt(at + 1)))
  return !isWhole || mayBeWord(letters, at - start, cases !== 3 && (letters & MARK) === 0)
}

/** A short word of digits alone, or of letters alone, is no secret; but a bare one of one case may be a password. */
function mayBeWord(letters: number, length: number, oneCase: boolean): boolean {
  if ((letters & DIGIT) === 0) return oneCase && length >= SHORTEST_PASSWORD
  return letters !== DIGIT || length >= SHORTEST_NUMBER
}

const SHORTEST_PASSWORD = 6
const SHORTEST_NUMBER = 16

/** The end of a text counts as one. */
function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9 || Number.isNaN(code)
}

const DOT = 46
const OPENING = new Set([...'([{'].map((character) => character.charCodeAt(0)))

/** `SecureString("…`: what is called may only wrap a value. */
function isWrapper(text: string, opening: number): boolean {
  return isQuote(text.charCodeAt(opening + 1)) || text.charCodeAt(opening) !== 40
}

function isSign(code: number): boolean {
  return code === 61 || code === 58 || code === 62 || code === 126
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96
}
