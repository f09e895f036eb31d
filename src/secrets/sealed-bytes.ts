import { createCipheriv, createDecipheriv } from 'node:crypto'
import { utf8 } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import type { Label } from './key-wrap.ts'

/** Of AES-256. */
export const KEY_BYTES = 32
const FORM = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM: the number of this form (1), a random nonce of 12 bytes, the ciphertext, a tag of 16. What authenticates besides is the
 * label as canonical JSON. A random nonce is good for 2^32 messages under one key (NIST SP 800-38D, 8.3).
 */
export function sealBytes(key: Uint8Array, bytes: Uint8Array, label: Label, random: RandomBytes): Uint8Array {
  const nonce = random(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(labelBytes(label))
  const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Buffer.concat([Uint8Array.of(FORM), nonce, ciphertext, cipher.getAuthTag()])
}

/** Undefined for what was not sealed under this key, with this label, exactly so. */
export function openBytes(key: Uint8Array, sealed: Uint8Array, label: Label): Uint8Array | undefined {
  const end = sealed.length - TAG_BYTES
  const start = 1 + NONCE_BYTES
  if (sealed[0] !== FORM || end < start) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, start), {
    authTagLength: TAG_BYTES,
  })
  decipher.setAAD(labelBytes(label))
  decipher.setAuthTag(sealed.subarray(end))
  const bytes = decipher.update(sealed.subarray(start, end))
  try {
    decipher.final()
    return bytes
  } catch {
    bytes.fill(0)
    return undefined
  }
}

/** The one text for a label, whatever the order of its entries. */
export function labelBytes(label: Label): Uint8Array {
  return utf8(canonicalJson(label))
}
