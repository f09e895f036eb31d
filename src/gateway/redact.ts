/** Below this a key is a placeholder (`ollama`, `none`): no secret, and masking it would damage ordinary text. */
const SHORTEST_SECRET = 12
const MASK = 0x2a // *

/** Masks a key wherever a provider echoes it. Masks are as long as what they hide, so lengths stay true. */
export interface Redaction {
  text(text: string): string
  /** For one stream of bytes. */
  stream(): Redactor
}

export interface Redactor {
  /** What may go on now; up to a key's length is kept back while it could be the start of the key. */
  push(chunk: Buffer): Buffer
  /** What was kept back, at the end. */
  flush(): Buffer
}

export function redactionOf(key: string): Redaction {
  const texts = spellings(key)
  const needles = texts.map((text) => Buffer.from(text))
  return {
    text: (text) =>
      texts.some((each) => text.includes(each)) ? masked(Buffer.from(text), needles).toString() : text,
    stream: () => createRedactor(needles),
  }
}

function createRedactor(needles: readonly Buffer[]): Redactor {
  let kept: Buffer = EMPTY
  return {
    push(chunk) {
      const bytes = masked(kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk, needles)
      const size = unfinished(bytes, needles)
      if (size === 0) {
        kept = EMPTY
        return bytes
      }
      kept = Buffer.from(bytes.subarray(bytes.length - size))
      return bytes.subarray(0, bytes.length - size)
    },
    flush() {
      const rest = kept
      kept = EMPTY
      return rest
    },
  }
}

const EMPTY = Buffer.alloc(0)

function spellings(key: string): readonly string[] {
  if (key.length < SHORTEST_SECRET) return []
  const texts = [
    key,
    JSON.stringify(key).slice(1, -1),
    encodeURIComponent(key),
    Buffer.from(key).toString('base64'),
  ]
  return [...new Set(texts)]
}

function masked(bytes: Buffer, needles: readonly Buffer[]): Buffer {
  let result = bytes
  for (const needle of needles)
    for (let at = bytes.indexOf(needle); at !== -1; at = bytes.indexOf(needle, at + needle.length)) {
      if (result === bytes) result = Buffer.from(bytes)
      result.fill(MASK, at, at + needle.length)
    }
  return result
}

/** How many bytes at the end could be the start of a needle. */
function unfinished(bytes: Buffer, needles: readonly Buffer[]): number {
  let most = 0
  for (const needle of needles)
    for (let size = Math.min(needle.length - 1, bytes.length); size > most; size--)
      if (bytes[bytes.length - size] === needle[0] && bytes.subarray(-size).equals(needle.subarray(0, size)))
        most = size
  return most
}
