import { newSecretLink, parseSecretLink, type SecretLink } from '../secret-link.ts'

/** How long an invitation can be accepted. */
export const INVITATION_MILLISECONDS = 3 * 24 * 60 * 60 * 1000

/** Accepts an invitation, once. */
export type InvitationLink = SecretLink
export const newInvitationLink = newSecretLink
export const parseInvitationLink = parseSecretLink

/** The address a link is opened at. */
export function invitationAddress(origin: string, { text }: InvitationLink): string {
  return `${origin}/auth/invitation/${text}`
}
