/** Of a character code: the bit of a letter, of a digit or of `_` and `-`; below nothing for an operator; nothing for the rest. */
const BITS = new Int32Array(65_536)
const OPERATOR = -1
/** Set in the letters of a word that has a digit. */
export const DIGIT = 1 << 27
/** Set in the letters of a word that has `_` or `-`. */
export const MARK = 1 << 28

for (const letter of 'abcdefghijklmnopqrstuvwxyz')
  for (const code of [letter.charCodeAt(0), letter.toUpperCase().charCodeAt(0)]) BITS[code] = 1 << (code & 31)
for (const digit of '0123456789') BITS[digit.charCodeAt(0)] = DIGIT
for (const mark of '_-') BITS[mark.charCodeAt(0)] = MARK
for (const operator of '=:,(>') BITS[operator.charCodeAt(0)] = OPERATOR

/** Letters in a word as bits, so that most words are dismissed without being looked at again. */
export function lettersOf(text: string): number {
  let letters = 0
  for (let at = 0; at < text.length; at += 1) letters |= lettersAt(text.charCodeAt(at))
  return letters
}

/** The bit of one character; nothing for what is no part of a word. */
export function lettersAt(code: number): number {
  const bits = BITS[code] ?? 0
  return bits > 0 ? bits : 0
}

export function isWordCode(code: number): boolean {
  return (BITS[code] ?? 0) > 0
}

export interface WordListener {
  /** A run of letters, digits, `_` and `-` that is long or stands before a blank; `letters` are its letters as bits. */
  word(start: number, end: number, letters: number): void
  /** One of `= : , ( >`, at most four characters after the word that ends at `end`. */
  operator(at: number, start: number, end: number): void
  /** A `:` before `/` or `5`, as in an address or a line of `.pgpass`. */
  colon(at: number): void
}

/** Shorter words begin no token. */
export const LONG_WORD = 10
const BLANK = 32
/** Values are often aligned in a column. */
const LONGEST_BLANK = 24
const COLON = 58
const SLOTS = 4_096

/** Letter sets one of which is in every name that can promise a secret. */
const NAME_LETTERS = [
  'pas',
  'pw',
  'secrt',
  'tok',
  'key',
  'auth',
  'credn',
  'salt',
  'sig',
  'parol',
  'pat',
  'sas',
  'psk',
  'senha',
  'contras',
  'kenwort',
  'dsn',
  'value',
  'pg',
  'heslo',
  'conecti',
  'bear',
  'jwt',
  'hash',
  'str',
  'set',
  'char',
  'dfault',
  'url',
].map(lettersOf)

/**
 * Walks a text once, without backtracking, and tells of words and of operators behind words that may name a secret.
 */
export function walkWords(text: string, listener: WordListener): void {
  const length = text.length
  let start = 0
  let end = -9
  let letters = 0
  let at = 0
  while (at < length) {
    const code = text.charCodeAt(at)
    let bits = BITS[code] ?? 0
    if (bits > 0) {
      start = at
      letters = 0
      do {
        letters |= bits
        at += 1
        bits = at < length ? (BITS[text.charCodeAt(at)] ?? 0) : 0
      } while (bits > 0)
      end = at
      const run = end - start
      if (run >= LONG_WORD || (run >= 4 && text.charCodeAt(end) === BLANK)) listener.word(start, end, letters)
      continue
    }
    if (bits === 0) {
      at += 1
      continue
    }
    if (code === COLON) {
      const next = text.charCodeAt(at + 1)
      if (next === 47 || next === 53) listener.colon(at)
    }
    if (at - end <= 4 && end - start >= 2 && mayName(letters) !== 0 && mayBeginValue(text, at, code))
      listener.operator(at, start, end)
    at += 1
  }
}

/** Behind `(` and `,` only a quoted value counts; behind the others nothing that opens a structure. */
function mayBeginValue(text: string, operator: number, code: number): boolean {
  let next = text.charCodeAt(operator + 1)
  for (let at = operator + 2; next === 32 && at < operator + LONGEST_BLANK; at += 1)
    next = text.charCodeAt(at)
  if (code === 40 || code === 44) return next === 34 || next === 39 || next === 96
  return next !== 10 && next !== 123 && next !== 40 && next !== 44 && next !== 59 && next !== 41
}

/** Whether a word of these letters may be the name of a secret. */
export const mayName = remembered((letters) =>
  NAME_LETTERS.some((wanted) => (letters & wanted) === wanted) ? 1 : 0,
)

/** Keeps answers by letters, each in the one slot it falls into; a text has few sets of letters that matter. Answers are below 256. */
export function remembered(answer: (letters: number) => number): (letters: number) => number {
  const asked = new Int32Array(SLOTS).fill(-1)
  const answered = new Uint8Array(SLOTS)
  return (letters) => {
    const slot = Math.imul(letters, 0x9e3779b1) >>> 20
    if (asked[slot] !== letters) {
      asked[slot] = letters
      answered[slot] = answer(letters)
    }
    return answered[slot] ?? 0
  }
}
