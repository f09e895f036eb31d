/** What the first bytes of a connection say about whom it is for. */
export type Hello =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'not-tls' }
  | { readonly kind: 'hello'; readonly serverName: string | undefined; readonly encrypted: boolean }

/** A ClientHello that needs more is refused; those of browsers with post-quantum keys stay below 2 KiB. */
export const LONGEST_HELLO = 16 * 1024

/**
 * Reads the server name (RFC 6066) out of a TLS ClientHello (RFC 8446 section 4.1.2), without believing any length in
 * it. `encrypted` is true when a second, hidden name is present (Encrypted ClientHello).
 */
export function readClientHello(bytes: Buffer): Hello {
  const handshake = joinRecords(bytes)
  if (handshake === undefined) return NOT_TLS
  if (handshake.length < 4) return INCOMPLETE
  if (handshake[0] !== CLIENT_HELLO) return NOT_TLS
  const length = handshake.readUIntBE(1, 3)
  if (length > LONGEST_HELLO) return NOT_TLS
  if (handshake.length < 4 + length) return INCOMPLETE
  try {
    return readBody(handshake.subarray(4, 4 + length))
  } catch {
    return NOT_TLS // a length that points outside
  }
}

const INCOMPLETE: Hello = { kind: 'incomplete' }
const NOT_TLS: Hello = { kind: 'not-tls' }
const HANDSHAKE_RECORD = 22
const CLIENT_HELLO = 1
const SERVER_NAME = 0
const ENCRYPTED_CLIENT_HELLO = 0xfe0d

/** The handshake bytes of the records so far; undefined where a record is not of a handshake. */
function joinRecords(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HANDSHAKE_RECORD) return parts.length > 0 ? Buffer.concat(parts) : undefined
    if (bytes.length < at + 5) break
    if (bytes[at + 1] !== 3) return undefined
    const length = bytes.readUInt16BE(at + 3)
    if (length === 0 || length > 16_384) return undefined
    parts.push(bytes.subarray(at + 5, at + 5 + length))
    at += 5 + length
  }
  return Buffer.concat(parts)
}

function readBody(body: Buffer): Hello {
  const cursor = new Cursor(body)
  cursor.take(2 + 32) // version, random
  cursor.vector(1) // session
  cursor.vector(2) // cipher suites
  cursor.vector(1) // compression
  const names: string[] = []
  let encrypted = false
  if (cursor.rest() === 0) return { kind: 'hello', serverName: undefined, encrypted }
  const extensions = new Cursor(cursor.vector(2))
  while (extensions.rest() > 0) {
    const type = extensions.number(2)
    const content = extensions.vector(2)
    if (type === SERVER_NAME) names.push(...serverNames(content))
    if (type === ENCRYPTED_CLIENT_HELLO) encrypted = true
  }
  // two names: which one the server takes is not ours to guess
  return { kind: 'hello', serverName: names.length === 1 ? names[0] : undefined, encrypted }
}

function serverNames(content: Buffer): string[] {
  const list = new Cursor(new Cursor(content).vector(2))
  const names: string[] = []
  while (list.rest() > 0) {
    list.take(1) // type; only host_name exists
    names.push(list.vector(2).toString('latin1').toLowerCase())
  }
  return names
}

/** Reads forward through bytes and throws rather than look beyond them. */
class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  rest(): number {
    return this.#bytes.length - this.#at
  }

  take(size: number): Buffer {
    if (size > this.rest()) throw new RangeError('beyond the end')
    this.#at += size
    return this.#bytes.subarray(this.#at - size, this.#at)
  }

  number(size: number): number {
    return this.take(size).readUIntBE(0, size)
  }

  /** Bytes with their length before them. */
  vector(lengthSize: number): Buffer {
    return this.take(this.number(lengthSize))
  }
}
