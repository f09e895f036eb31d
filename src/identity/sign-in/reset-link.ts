import { newSecretLink, parseSecretLink, type SecretLink } from '../secret-link.ts'

/** How long somebody has to open it. */
export const RESET_MILLISECONDS = 60 * 60 * 1000

/** Lets somebody choose a new password, once. */
export type ResetLink = SecretLink
export const newResetLink = newSecretLink
export const parseResetLink = parseSecretLink

/** The address a link is opened at. */
export function resetAddress(origin: string, { text }: ResetLink): string {
  return `${origin}/auth/reset/${text}`
}
