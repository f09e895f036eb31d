import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { equalBytes, fromBase64, sha256, toBase64, utf8 } from '#kernel/bytes.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

/** Whoever holds the private key. Never gives it away: it is only ever asked to sign. */
export interface Signer {
  readonly key: VerifierKey
  /** An Ed25519 signature (RFC 8032), 64 bytes. Rejects when the holder of the key cannot be reached. */
  sign(bytes: Uint8Array): Promise<Uint8Array>
}

/** The public half. `id` is 8 hexadecimal digits: C2SP signed-note's key ID for Ed25519. */
export interface VerifierKey {
  readonly name: string
  readonly id: string
  readonly publicKey: Uint8Array
}

/** A new Ed25519 key as PKCS #8 PEM text, to be kept in a file that only Airlock can read. */
export function generateSigningKey(random: RandomBytes): string {
  const der = Buffer.concat([PKCS8_ED25519, random(KEY_BYTES)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
    format: 'pem',
    type: 'pkcs8',
  }) as string
}

/** The signer for a PEM text. `name` says whose key it is, such as `airlock.example.com/main`. */
export function parseSigningKey(pem: string, name: string): Result<Signer> {
  if (pem.length > MAX_KEY_TEXT) return badKey('it is too long')
  if (!isKeyName(name)) return badKey('its name has a space or a plus sign in it, or is empty or too long')
  const privateKey = readPrivateKey(pem)
  if (privateKey?.asymmetricKeyType !== 'ed25519') return badKey('it is not an Ed25519 private key in PEM')
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return ok({
    key: verifierKey(name, spki.subarray(SPKI_ED25519.length)),
    sign: async (bytes) => sign(null, bytes, privateKey),
  })
}

/** C2SP signed-note: key ID = SHA-256(name || 0x0A || 0x01 || public key)[:4]. */
export function verifierKey(name: string, publicKey: Uint8Array): VerifierKey {
  const hash = sha256(Buffer.concat([utf8(name), Uint8Array.of(0x0a, ED25519), publicKey]))
  return { name, publicKey, id: Buffer.from(hash.subarray(0, 4)).toString('hex') }
}

/** The public key as text, in the form Go's sumdb/note reads: `name+id+base64(0x01 || public key)`. */
export function verifierText(key: VerifierKey): string {
  return `${key.name}+${key.id}+${toBase64(Buffer.concat([Uint8Array.of(ED25519), key.publicKey]))}`
}

/** Reads a verifier text; refuses one whose id does not belong to its name and key. Line ends around it are ignored. */
export function parseVerifierText(text: string): Result<VerifierKey> {
  if (text.length > MAX_KEY_TEXT) return badKey('it is too long')
  const [, name, id, encoded] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? []
  const bytes = encoded === undefined ? undefined : fromBase64(encoded)
  if (name === undefined || bytes === undefined || !isKeyName(name))
    return badKey('it is not of the form name+id+base64')
  if (bytes.byteLength !== KEY_BYTES + 1 || bytes[0] !== ED25519) return badKey('it is not an Ed25519 key')
  const key = verifierKey(name, bytes.subarray(1))
  return key.id === id ? ok(key) : badKey('its id does not belong to its name and key')
}

export function verifySignature(key: VerifierKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (signature.byteLength !== SIGNATURE_BYTES) return false
  const der = Buffer.concat([SPKI_ED25519, key.publicKey])
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' })
  return verify(null, bytes, publicKey, signature)
}

export function sameKey(one: VerifierKey, other: VerifierKey): boolean {
  return one.name === other.name && equalBytes(one.publicKey, other.publicKey)
}

/** C2SP signed-note: not empty, no Unicode space, no plus; and no control characters, and bounded. */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Cc}\p{Cs}+]{1,200}$/u.test(name)
}

const ED25519 = 0x01
const KEY_BYTES = 32
const SIGNATURE_BYTES = 64
const MAX_KEY_TEXT = 4_096

// RFC 8410: everything of the DER encodings that comes before the 32 bytes of the key.
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')

function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: 'pem' })
  } catch {
    return undefined
  }
}

function badKey(why: string): Result<never> {
  return refused({
    code: 'verification_failed',
    message: `The key cannot be used: ${why}.`,
    rule: 'audit.key',
  })
}
