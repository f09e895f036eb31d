/** Bits of surprise per character, by the characters' own frequencies. */
export function entropy(text: string): number {
  const counts = new Map<number, number>()
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}

const SEGMENT = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+/g
const VOWEL = /[aeiouy]/i
const CROWD = /[^aeiouy\W\d_]{5}/i

/** Whether a text reads as words joined in some way: `refresh_token`, `getUserName`, `my-secret-value`. */
export function isWordy(text: string): boolean {
  let letters = 0
  let inWords = 0
  let digits = 0
  for (const [segment] of text.matchAll(SEGMENT)) {
    if (segment.charCodeAt(0) < 58) {
      digits += segment.length
      continue
    }
    letters += segment.length
    if (segment.length >= 3 && VOWEL.test(segment) && !CROWD.test(segment)) inWords += segment.length
    else if (segment.length === 2 && VOWEL.test(segment)) inWords += 1
  }
  if (letters === 0) return false
  return inWords / letters >= 0.8 && digits <= letters * 0.34
}

const HEX = /^[0-9a-fA-F]+$/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isHex(text: string): boolean {
  return HEX.test(text)
}

export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/** Whether a value looks drawn at random rather than written by a person. */
export function looksRandom(text: string, shortest = 10): boolean {
  if (text.length < shortest) return false
  const digits = countOf(text, /[0-9]/g)
  const upper = countOf(text, /[A-Z]/g)
  const lower = countOf(text, /[a-z]/g)
  if (isHex(text)) return text.length >= 16 && digits > 0 && upper + lower > 0 && entropy(text) >= 2.8
  if (isUuid(text)) return entropy(text) >= 3
  const kinds = (digits > 0 ? 1 : 0) + (upper > 0 ? 1 : 0) + (lower > 0 ? 1 : 0)
  if (kinds < 2 && text.length < 24) return false
  if (digits === 0 && (upper < 2 || lower < 2 || text.length < 20)) return false
  if (isWordy(text)) return false
  return entropy(text) >= (text.length < 16 ? 2.8 : text.length < 24 ? 3.1 : 3.4)
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
