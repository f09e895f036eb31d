/** The classes of characters one pass over a text tells apart. */
const WORD = 1
const OPERATOR = 2

const CLASS = new Uint8Array(128)
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-')
  CLASS[character.charCodeAt(0)] = WORD
for (const character of '=:,(>') CLASS[character.charCodeAt(0)] = OPERATOR

/** Letters in a word as bits, so that most words are dismissed without being looked at again. */
export function lettersOf(text: string): number {
  let letters = 0
  for (let at = 0; at < text.length; at += 1) letters |= 1 << (text.charCodeAt(at) & 31)
  return letters
}

export interface WordListener {
  /** A run of letters, digits, `_` and `-`; `letters` are its letters as bits. */
  word(start: number, end: number, letters: number): void
  /** One of `= : , ( >`, at most four characters after the word that ends at `end`. */
  operator(at: number, start: number, end: number): void
}

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
    let code = text.charCodeAt(at)
    const kind = code < 128 ? CLASS[code] : 0
    if (kind === WORD) {
      start = at
      letters = 0
      do {
        letters |= 1 << (code & 31)
        at += 1
        code = at < length ? text.charCodeAt(at) : 0
      } while (code < 128 && CLASS[code] === WORD)
      end = at
      if (end - start >= 4) listener.word(start, end, letters)
      continue
    }
    if (
      kind === OPERATOR &&
      at - end <= 4 &&
      end - start >= 2 &&
      mayBeginValue(text, at, code) &&
      mayName(letters)
    )
      listener.operator(at, start, end)
    at += 1
  }
}

/** Behind `(` and `,` only a quoted value counts; behind the others nothing that opens a structure. */
function mayBeginValue(text: string, operator: number, code: number): boolean {
  let next = text.charCodeAt(operator + 1)
  if (next === 32) next = text.charCodeAt(operator + 2)
  if (code === 40 || code === 44) return next === 34 || next === 39 || next === 96
  return next !== 10 && next !== 123 && next !== 40 && next !== 44 && next !== 59 && next !== 41
}

/** Answers of `mayName` by letters, each in the one slot it falls into; a text has few sets of letters that matter. */
const SLOTS = 4_096
const ASKED = new Int32Array(SLOTS).fill(-1)
const ANSWERED = new Uint8Array(SLOTS)

export function mayName(letters: number): boolean {
  const slot = Math.imul(letters, 0x9e3779b1) >>> 20
  if (ASKED[slot] !== letters) {
    ASKED[slot] = letters
    ANSWERED[slot] = NAME_LETTERS.some((wanted) => (letters & wanted) === wanted) ? 1 : 0
  }
  return ANSWERED[slot] === 1
}
