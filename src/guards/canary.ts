import { createMultiSearch } from './multi-search.ts'
import { dresses } from './secrets/known-value.ts'

/** A value that is known to nobody and needed by nothing: whoever utters it read what was only to be found, not used. */
export interface Canary {
  /** Where it was planted, in words: `the instructions`. */
  readonly planted: string
  readonly value: string
}

export interface CanarySighting {
  readonly planted: string
  /** In which dress it came: `in base64`; `as it is`. */
  readonly form: string
}

export interface CanaryWatch {
  /** Looks through one text. */
  sees(text: string | Uint8Array): CanarySighting | undefined
  /** Looks through the pieces of one text as they come: a canary may be spread over any number of them. */
  stream(): (piece: string | Uint8Array) => CanarySighting | undefined
}

/**
 * Watches for canaries as they are, in base64, hexadecimal, encoded for an address, escaped or reversed, in any case where the
 * dress has none, and split by white space or by what splits names of hosts and files.
 */
export function createCanaryWatch(canaries: readonly Canary[]): CanaryWatch {
  const exact = needlesOf(canaries, ({ value }) => dresses(value), bare)
  const folded = needlesOf(canaries, ({ value }) => caseless(value), splitLess)
  const longest = Math.max(0, ...exact.lengths, ...folded.lengths)

  const inBare = (bytes: Uint8Array): CanarySighting | undefined =>
    exact.find(bytes) ?? folded.find(splitLess(bytes))

  return {
    sees: (text) => (longest === 0 ? undefined : inBare(bare(bytesOf(text)))),
    stream() {
      let tail: Uint8Array = new Uint8Array(0)
      return (piece) => {
        if (longest === 0) return undefined
        const bytes = Buffer.concat([tail, bare(bytesOf(piece))])
        // What splits a canary may stand between each two of its characters.
        tail = bytes.subarray(Math.max(0, bytes.length - 2 * longest))
        return inBare(bytes)
      }
    },
  }
}

function needlesOf(
  canaries: readonly Canary[],
  dressesOf: (canary: Canary) => readonly (readonly [dressed: string, dress: string])[],
  strip: (bytes: Uint8Array) => Uint8Array,
) {
  const needles = canaries.flatMap((canary) =>
    [...new Map(dressesOf(canary))].map(([dressed, dress]) => ({
      bytes: strip(Buffer.from(dressed)),
      sighting: { planted: canary.planted, form: dress === '' ? 'as it is' : dress },
    })),
  )
  const search = createMultiSearch(needles.map(({ bytes }) => bytes))
  return {
    lengths: needles.map(({ bytes }) => bytes.length),
    find: (bytes: Uint8Array) => {
      const hit = search(bytes)[0]
      return hit === undefined ? undefined : needles[hit.needle]?.sighting
    },
  }
}

/** Names of hosts know no case, and a model may write a canary in another one. */
function caseless(value: string): [string, string][] {
  const bytes = Buffer.from(value)
  return [
    [value, ''],
    [[...value].reverse().join(''), 'reversed'],
    [bytes.toString('hex'), 'in hexadecimal'],
  ]
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text) : text
}

/** Without white space. */
function bare(bytes: Uint8Array): Uint8Array {
  return translated(bytes, BARE)
}

/** Letters and digits alone, in lower case. */
function splitLess(bytes: Uint8Array): Uint8Array {
  return translated(bytes, SPLITLESS)
}

/** What each byte becomes; 0 is left out. Tables, since this looks at every byte of every answer. */
const BARE = Uint8Array.from({ length: 256 }, (_, byte) => (byte > 0x20 ? byte : 0))
const SPLITLESS = Uint8Array.from({ length: 256 }, (_, byte) =>
  isAlphanumeric(byte) ? (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte) : 0,
)

function translated(bytes: Uint8Array, table: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length)
  let size = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = table[bytes[at] ?? 0] ?? 0
    if (byte !== 0) result[size++] = byte
  }
  return result.subarray(0, size)
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}
