import { sha256 } from '#kernel/bytes.ts'
import type { RandomBytes } from '#kernel/ids.ts'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's base 32, lower case
const SECRET_BYTES = 32
const FORMAT = /^alk_[0-9a-hjkmnp-tv-z]{52}$/

/** A new API token: `alk_` and 32 random bytes in base 32. Shown once; only `tokenHash` of it is ever stored. */
export function newToken(random: RandomBytes): string {
  return `alk_${base32(random(SECRET_BYTES))}`
}

/** What is stored of a token. A plain digest is enough: 256 random bits cannot be guessed from it. */
export function tokenHash(token: string): Uint8Array {
  return sha256(token)
}

/** True for text of the shape `newToken` makes; anything else never reaches the database. */
export function isToken(text: string): boolean {
  return FORMAT.test(text)
}

function base32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    for (; bits >= 5; bits -= 5) text += ALPHABET[(held >> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text
}
