import { sha256 } from '#kernel/bytes.ts'
import type { RandomBytes } from '#kernel/ids.ts'

/** The end of an address that opens something to whoever holds it. */
export interface SecretLink {
  /** Shown once, to the one who passes it on. */
  readonly text: string
  /** What is kept of it. */
  readonly hash: Uint8Array
}

/** A link into one organisation: its 256 random bits are all that is needed. */
export function newSecretLink(organisation: string, random: RandomBytes): SecretLink {
  const secret = Buffer.from(random(32)).toString('base64url')
  return { text: `${organisation}.${secret}`, hash: sha256(secret) }
}

export function parseSecretLink(
  text: string,
): { readonly organisation: string; readonly hash: Uint8Array } | undefined {
  const [, organisation, secret] = /^(org_[0-9a-z]{20})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? []
  if (organisation === undefined || secret === undefined) return undefined
  return { organisation, hash: sha256(secret) }
}
