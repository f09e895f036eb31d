import type { JsonString } from './json-strings.ts'

/** The text of many JSON strings, flattened: what is split over parts, lines or blanks stands together again. */
export interface FlatText {
  readonly bytes: Uint8Array
  /** Where the text of each string begins, in their order. */
  readonly starts: readonly number[]
  /** The last character, flattened or not: what comes next may be its other half. */
  readonly last: number
}

/** A piece of a string in the JSON text, from one whole character to another. */
export interface Piece {
  readonly start: number
  readonly end: number
}

/**
 * Pieces of content follow each other directly, everything else is kept apart by a zero. What is sealed is left out: nothing
 * may be found in it. `last` is that of the text before, where strings are the pieces of one that goes on.
 */
export function flatText(
  json: Buffer,
  strings: readonly JsonString[],
  joined: boolean,
  last?: number,
): FlatText {
  const bytes = Buffer.allocUnsafe(json.length + strings.length)
  const starts: number[] = []
  let size = 0
  let previous = last ?? 0
  for (const string of strings) {
    starts.push(size)
    if (string.sealed) continue
    if (last === undefined) previous = 0
    const text = string.escaped ? unescaped(json, string) : json
    const end = string.escaped ? text.length : string.end
    for (let at = string.escaped ? 0 : string.start; at < end; at += 1) {
      const byte = text[at] ?? 0
      const kind = KINDS[byte]
      if (kind === COUNTS || (kind === WHITE_SPACE_LETTER && previous !== BACKSLASH)) bytes[size++] = byte
      previous = byte
    }
    if (!joined) bytes[size++] = 0
  }
  return { bytes: bytes.subarray(0, size), starts, last: previous }
}

/** A text as `flatText` would make it, behind what stands before it. */
export function flattened(text: string, before = ''): Buffer {
  const bytes = Buffer.from(text)
  const last = before.endsWith('\\') ? BACKSLASH : 0
  return Buffer.from(bytes.filter((byte, at) => counts(byte, at === 0 ? last : (bytes[at - 1] ?? 0))))
}

/**
 * Neither white space nor backslashes count, nor what a backslash makes white space of: a tool's arguments are JSON in a
 * string of JSON, whose own line ends stand there as `\n`, and deeper ones as `\\n`.
 */
function counts(byte: number, previous: number): boolean {
  const kind = KINDS[byte]
  return kind === COUNTS || (kind === WHITE_SPACE_LETTER && previous !== BACKSLASH)
}

const BACKSLASH = 0x5c
const COUNTS = 1
const WHITE_SPACE_LETTER = 2

/** A table, since this looks at every byte of every prompt. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 0x20 || byte === BACKSLASH) return 0
  return byte === 0x6e || byte === 0x72 || byte === 0x74 ? WHITE_SPACE_LETTER : COUNTS
})

/** The text of a string with backslashes; of one that is no JSON, its bytes. */
export function unescaped(json: Buffer, { start, end }: Pick<JsonString, 'start' | 'end'>): Buffer {
  try {
    return Buffer.from(JSON.parse(json.toString('utf8', start - 1, end + 1)) as string)
  } catch {
    return json.subarray(start, end)
  }
}

/**
 * Finds where the bytes from `from` to `to` of a string's flat text stand in the JSON text. Asked in their order, so that all
 * places of a string together cost one walk along it: a prompt may consist of nothing but what is to be cut out.
 */
export function pieceFinder(json: Buffer, string: JsonString): (from: number, to: number) => Piece {
  let at = string.start
  let begun = at
  let flat = 0
  let previous = 0
  return (from, to) => {
    let start = flat > from ? begun : -1
    while (flat < to && at < string.end) {
      begun = at
      const length = string.escaped ? lengthAt(json, at) : 1
      for (const byte of length === 1 ? json.subarray(at, at + 1) : characterAt(json, at, length)) {
        if (counts(byte, previous)) flat += 1
        previous = byte
      }
      at += length
      if (flat > from && start === -1) start = begun
    }
    return { start: start === -1 ? string.end : start, end: flat < to ? string.end : at }
  }
}

/** How many bytes of the JSON text one character takes, a pair of surrogates being one. */
function lengthAt(json: Buffer, at: number): number {
  if (json[at] !== BACKSLASH) return 1
  if (json[at + 1] !== 0x75) return 2
  return /^\\u[dD][89abAB]..\\u[dD][c-fC-F]/.test(json.toString('latin1', at, at + 12)) ? 12 : 6
}

function characterAt(json: Buffer, at: number, length: number): Uint8Array {
  try {
    return Buffer.from(JSON.parse(`"${json.toString('latin1', at, at + length)}"`) as string)
  } catch {
    return json.subarray(at, at + length)
  }
}
