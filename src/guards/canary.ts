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
  const exact = needlesOf(canaries, ({ value }) => dresses(value), BARE)
  const folded = needlesOf(canaries, ({ value }) => caseless(value), SPLITLESS)
  const longest = Math.max(0, ...exact.lengths, ...folded.lengths)
  const [bareRoom, splitRoom] = [createRoom(), createRoom()]

  const inBare = (bytes: Uint8Array): CanarySighting | undefined =>
    exact.find(bytes) ?? folded.find(translated(bytes, SPLITLESS, splitRoom(bytes.length)))

  return {
    sees(text) {
      if (longest === 0) return undefined
      const bytes = bytesOf(text)
      return inBare(translated(bytes, BARE, bareRoom(bytes.length)))
    },
    stream() {
      // What splits a canary may stand between each two of its characters.
      const tail = new Uint8Array(2 * longest)
      let kept = 0
      return (piece) => {
        if (longest === 0) return undefined
        const bytes = bytesOf(piece)
        const room = bareRoom(kept + bytes.length)
        room.set(tail.subarray(0, kept))
        const all = translated(bytes, BARE, room, kept)
        kept = Math.min(all.length, tail.length)
        tail.set(all.subarray(all.length - kept))
        return inBare(all)
      }
    },
  }
}

/** Beyond it room is made for one look alone. */
const MOST_ROOM = 64 * 1024

/** Room for the bytes of one look, used again by the next: to make it anew for each piece of a stream takes longer than to look. */
function createRoom(): (size: number) => Uint8Array {
  let room = new Uint8Array(1_024)
  return (size) => {
    if (size > MOST_ROOM) return new Uint8Array(size)
    if (size > room.length) room = new Uint8Array(Math.min(MOST_ROOM, 2 * size))
    return room
  }
}

function needlesOf(
  canaries: readonly Canary[],
  dressesOf: (canary: Canary) => readonly (readonly [dressed: string, dress: string])[],
  table: Uint8Array,
) {
  const needles = canaries.flatMap((canary) =>
    [...new Map(dressesOf(canary))].map(([dressed, dress]) => ({
      bytes: translated(Buffer.from(dressed), table),
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

/** What each byte becomes; 0 is left out. Tables, since this looks at every byte of every answer. Without white space: */
const BARE = Uint8Array.from({ length: 256 }, (_, byte) => (byte > 0x20 ? byte : 0))
/** Letters and digits alone, in lower case. */
const SPLITLESS = Uint8Array.from({ length: 256 }, (_, byte) =>
  isAlphanumeric(byte) ? (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte) : 0,
)

/** Writes into `room` behind what is there up to `size`, and gives all of it. */
function translated(
  bytes: Uint8Array,
  table: Uint8Array,
  room: Uint8Array = new Uint8Array(bytes.length),
  size = 0,
): Uint8Array {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = table[bytes[at] ?? 0] ?? 0
    if (byte !== 0) room[size++] = byte
  }
  return room.subarray(0, size)
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}
