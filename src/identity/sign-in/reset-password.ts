import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { revokeLogins } from '#store/access-tokens.ts'
import { openPasswordReset, type PasswordResetRow, usePasswordReset } from '#store/password-resets.ts'
import { identityOfPerson } from '#store/person-identities.ts'
import { forgetDevices } from '#store/sign-in/device-logins.ts'
import type { Browser } from './browser.ts'
import { makerStillMay } from './inviter-still-may.ts'
import { isAsBefore } from './is-as-before.ts'
import { forgive, limited } from './limited.ts'
import { membershipsOf, note } from './note.ts'
import type { SignInParts } from './parts.ts'
import { checkLength, hasPassword } from './passwords.ts'
import { parseResetLink } from './reset-link.ts'
import { type PasswordAccepted, withPassword } from './with-password.ts'

export interface ResetView {
  readonly email: string
  /** The authenticator app and the passkeys go, too. */
  readonly secondFactor: boolean
}

/** Whose password a link changes, to whoever holds it. */
export function viewReset(parts: SignInParts, browser: Browser, link: string): Promise<Result<ResetView>> {
  return limited(parts, { address: browser.address }, async () => {
    const found = await find(parts, link)
    if (found === undefined) return noReset()
    return ok({ email: found.email, secondFactor: found.row.secondFactor })
  })
}

/**
 * Sets the new password, once, and signs in with it. Whoever may have had the old one is out: all sessions and signed-in
 * command lines end. A second factor stays, and is asked for, unless the link takes it away.
 */
export async function resetPassword(
  parts: SignInParts,
  browser: Browser,
  link: string,
  password: string,
): Promise<Result<PasswordAccepted>> {
  const found = await limited(parts, { address: browser.address }, async () => {
    const reset = await find(parts, link)
    return reset === undefined ? noReset() : ok(reset)
  })
  if (!found.ok) return found
  const length = checkLength(password)
  if (!length.ok) return length
  const { organisation, identity, email, row } = found.value
  const used = await parts.store.inOrganisation(organisation, async (tx) => {
    const at = instantOf(parts.clock())
    if (!(await usePasswordReset(tx, row.id, at))) return false
    await revokeLogins(tx, row.person, at)
    const { person, secondFactor } = row
    const data = { secondFactor }
    await note(tx, parts, { organisation, person, action: 'password.reset', subject: person, data })
    return true
  })
  if (!used) return noReset()
  await forgetDevices(parts.store.identity, organisation, row.person)
  await replace(parts, identity, password, row.secondFactor)
  await forgive(parts, email)
  await forgive(parts, `enrol ${identity}`) // wrong codes there were of the sessions that just ended
  if (row.secondFactor) await forgive(parts, `second ${identity}`)
  return withPassword(parts, browser, { email, password })
}

interface Found {
  readonly organisation: string
  readonly identity: string
  readonly email: string
  readonly row: PasswordResetRow
}

async function find(parts: SignInParts, text: string): Promise<Found | undefined> {
  const link = parseResetLink(text)
  if (link === undefined) return undefined
  const { organisation, hash } = link
  const found = await parts.store.inOrganisation(organisation, async (tx) => {
    const row = await openPasswordReset(tx, hash, instantOf(parts.clock()))
    if (row === undefined || !(await isAsBefore(tx, row.person, row.createdAt))) return undefined
    if (!(await makerStillMay(tx, organisation, row.createdBy, row.person))) return undefined
    return { row, identity: await identityOfPerson(tx, row.person) }
  })
  if (found?.identity === undefined) return undefined
  const { row, identity } = found
  const user = await (await parts.engine.$context).internalAdapter.findUserById(identity)
  if (user === null || (await whyNotReset(parts, organisation, identity)) !== undefined) return undefined
  return { organisation, identity, email: user.email, row }
}

/** One organisation does not decide how somebody comes into another, nor an administrator for an identity provider. */
export async function whyNotReset(
  parts: SignInParts,
  organisation: string,
  identity: string,
): Promise<'elsewhere' | 'no-password' | undefined> {
  const memberships = await membershipsOf(parts, identity)
  if (memberships.some((membership) => membership.organisation !== organisation)) return 'elsewhere'
  return (await hasPassword(parts, identity)) ? undefined : 'no-password'
}

async function replace(
  { engine }: SignInParts,
  identity: string,
  password: string,
  secondFactor: boolean,
): Promise<void> {
  const { internalAdapter, adapter, password: hasher } = await engine.$context
  await internalAdapter.updatePassword(identity, await hasher.hash(password))
  if (secondFactor) {
    const where = [{ field: 'userId', value: identity }]
    for (const model of ['twoFactor', 'passkey']) await adapter.deleteMany({ model, where })
    await internalAdapter.updateUser(identity, { twoFactorEnabled: false })
  }
  for (const { token } of await internalAdapter.listSessions(identity))
    await internalAdapter.deleteSession(token)
}

function noReset(): Result<never> {
  return refused({
    code: 'not_found',
    message: 'This link is not valid. It may have been used, taken back, or be too old.',
    rule: 'password.link',
    remedy: 'Ask whoever sent it for a new one.',
  })
}
