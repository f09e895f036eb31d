import { z } from 'zod'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { isDuplicate } from '#store/database-failure.ts'
import { type InvitationRow, openInvitation, useInvitation } from '#store/invitations.ts'
import { insertPerson } from '#store/people.ts'
import { linkIdentity } from '#store/person-identities.ts'
import type { Tx } from '#store/schema.ts'
import type { Browser } from './browser.ts'
import { parseInvitationLink } from './invitation-link.ts'
import { inviterStillMay, makerStillMay } from './inviter-still-may.ts'
import { isAsBefore } from './is-as-before.ts'
import { limited } from './limited.ts'
import { membershipsOf, note } from './note.ts'
import { notSignedIn, type SignInParts, type WithCookies } from './parts.ts'
import { checkLength } from './passwords.ts'
import { visitorOf } from './visitor.ts'
import { withPassword } from './with-password.ts'

export interface InvitationView {
  readonly name: string
  readonly email: string
  readonly role: string
  /** The address it was made for is none that anybody could sign in with: another one is asked for. */
  readonly needsAddress: boolean
  /** Somebody signs in with that address already: they accept it signed in, and need no new password. */
  readonly known: boolean
}

/** What an invitation says, to whoever holds its link. */
export async function viewInvitation(
  parts: SignInParts,
  browser: Browser,
  link: string,
): Promise<Result<InvitationView>> {
  return limited(parts, { address: browser.address }, async () => {
    const found = await find(parts, link)
    if (found === undefined) return noInvitation()
    const { name, email, role } = found.row
    const known = (await standingOf(parts, email)).known !== undefined
    return ok({ name, email, role, needsAddress: !isAddress(email), known })
  })
}

/** Makes somebody a member, once. They choose a password, or are signed in with the invited address already. */
export async function acceptInvitation(
  parts: SignInParts,
  browser: Browser,
  link: string,
  chosen: { readonly name: string; readonly email: string; readonly password: string },
): Promise<Result<WithCookies>> {
  const found = await limited(parts, { address: browser.address }, async () => {
    const invitation = await find(parts, link)
    return invitation === undefined ? noInvitation() : ok(invitation)
  })
  if (!found.ok) return found
  const { email: invited } = found.value.row
  const email = isAddress(invited) ? invited : chosen.email.trim()
  if (!isAddress(email))
    return refused({
      code: 'invalid_input',
      message: 'This is no e-mail address.',
      rule: 'sign-in.address',
      remedy: 'Give the address you want to sign in with.',
    })
  const { known, left } = await standingOf(parts, email)
  if (known !== undefined) {
    const visitor = await visitorOf(parts, browser)
    if (visitor?.identity !== known) return notSignedIn()
    const joined = await join(parts, found.value, known, visitor.name)
    return joined.ok ? ok({ cookies: [] }) : joined
  }
  const length = checkLength(chosen.password)
  if (!length.ok) return length
  const name = chosen.name.trim().slice(0, 200) || found.value.row.name
  const identity = await newIdentity(parts, { name, email, password: chosen.password, left })
  if (identity === undefined) return noInvitation()
  const joined = await join(parts, found.value, identity, name)
  if (!joined.ok) {
    await (await parts.engine.$context).internalAdapter.deleteUser(identity)
    return joined
  }
  return withPassword(parts, browser, { email, password: chosen.password })
}

/** The first owner is named after their login where git knows no address of theirs: `ada@localhost`. */
function isAddress(text: string): boolean {
  return z.email().safeParse(text).success
}

interface Found {
  readonly organisation: string
  readonly row: InvitationRow
}

async function find({ store, clock }: SignInParts, text: string): Promise<Found | undefined> {
  const link = parseInvitationLink(text)
  if (link === undefined) return undefined
  const { organisation, hash } = link
  const row = await store.inOrganisation(organisation, async (tx) => {
    const found = await openInvitation(tx, hash, instantOf(clock()))
    if (found === undefined || found.person === null) return found
    return (await isAsBefore(tx, found.person, found.createdAt)) ? found : undefined
  })
  return row && { organisation, row }
}

/** Uses up the invitation and makes or links its person, all or nothing. */
export async function join(
  parts: SignInParts,
  { organisation, row }: Found,
  identity: string,
  name: string,
): Promise<Result<string>> {
  const createdAt = instantOf(parts.clock())
  return parts.store.inOrganisation(organisation, async (tx) => {
    const stands =
      row.person === null
        ? await inviterStillMay(tx, organisation, row.invitedBy, row.role)
        : await makerStillMay(tx, organisation, row.invitedBy, row.person)
    if (!stands) return noInvitation()
    if (!(await useInvitation(tx, row.id, createdAt))) return noInvitation()
    const person = row.person ?? (await newPerson(tx, parts, row, name, createdAt))
    if (person === undefined)
      return refused({
        code: 'conflict',
        message: 'Somebody with that address is a member already.',
        remedy: 'Ask for another invitation.',
      })
    await linkIdentity(tx, { identity, person, createdAt })
    await note(tx, parts, {
      organisation,
      person,
      action: 'invitation.accepted',
      subject: row.id,
      data: { person },
    })
    return ok(person)
  })
}

async function newPerson(
  tx: Tx,
  { random }: SignInParts,
  row: InvitationRow,
  name: string,
  createdAt: string,
) {
  const { email, role } = row
  return (await insertPerson(tx, { id: newId('usr', random), name, email, role, createdAt }))?.id
}

interface Standing {
  /** Who signs in with an address. */
  readonly known?: string
  /** Who did, and belongs to nobody any more: they may have forgotten everything, and counts for nobody. */
  readonly left?: string
}

/** A moment ago somebody may just be about to join. */
const JOINING_MILLISECONDS = 10 * 60 * 1000

async function standingOf(parts: SignInParts, email: string): Promise<Standing> {
  const { internalAdapter } = await parts.engine.$context
  const user = (await internalAdapter.findUserByEmail(email.toLowerCase()))?.user
  if (user === undefined) return {}
  const isNew = parts.clock() - user.createdAt.getTime() < JOINING_MILLISECONDS
  return isNew || (await membershipsOf(parts, user.id)).length > 0 ? { known: user.id } : { left: user.id }
}

/** Undefined when somebody else with that address was faster. */
async function newIdentity(...given: Parameters<typeof createIdentity>): Promise<string | undefined> {
  try {
    return await createIdentity(...given)
  } catch (thrown) {
    if (isDuplicate(thrown)) return undefined
    throw thrown
  }
}

interface NewIdentity {
  readonly name: string
  readonly email: string
  readonly password: string
  /** In whose place. */
  readonly left: string | undefined
}

/** Whoever holds the link was sent it by somebody of the organisation: that is all the proof of the address there is. */
async function createIdentity(
  { engine }: SignInParts,
  { name, email, password, left }: NewIdentity,
): Promise<string> {
  const context = await engine.$context
  if (left !== undefined) await context.internalAdapter.deleteUser(left)
  const user = await context.internalAdapter.createUser(
    { name, email: email.toLowerCase(), emailVerified: false },
    { method: 'admin' },
  )
  await context.internalAdapter.linkAccount({
    userId: user.id,
    accountId: user.id,
    providerId: 'credential',
    password: await context.password.hash(password),
  })
  return user.id
}

function noInvitation(): Result<never> {
  return refused({
    code: 'not_found',
    message: 'This link is not valid. It may have been used, taken back, or be too old.',
    rule: 'invitation.link',
    remedy: 'Ask whoever sent it for a new one.',
  })
}
