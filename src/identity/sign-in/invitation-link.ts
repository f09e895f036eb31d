import { sha256 } from '#kernel/bytes.ts'
import type { RandomBytes } from '#kernel/ids.ts'

/** How long an invitation can be accepted. */
export const INVITATION_MILLISECONDS = 3 * 24 * 60 * 60 * 1000

export interface InvitationLink {
  /** Ends the address that is sent to somebody; shown once. */
  readonly text: string
  /** What is kept of it. */
  readonly hash: Uint8Array
}

/** A link into one organisation. Its 256 random bits are all that is needed to accept it, once. */
export function newInvitationLink(organisation: string, random: RandomBytes): InvitationLink {
  const secret = Buffer.from(random(32)).toString('base64url')
  return { text: `${organisation}.${secret}`, hash: sha256(secret) }
}

export function parseInvitationLink(
  text: string,
): { readonly organisation: string; readonly hash: Uint8Array } | undefined {
  const [, organisation, secret] = /^(org_[0-9a-z]{20})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? []
  if (organisation === undefined || secret === undefined) return undefined
  return { organisation, hash: sha256(secret) }
}

/** The address a link is opened at. */
export function invitationAddress(origin: string, { text }: InvitationLink): string {
  return `${origin}/auth/invitation/${text}`
}
