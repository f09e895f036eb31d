import { type Browser, headersOf } from './browser.ts'
import { type Membership, membershipsOf } from './note.ts'
import type { SignInParts } from './parts.ts'

/** Somebody in front of a browser who is signed in. */
export interface Visitor {
  readonly identity: string
  readonly name: string
  readonly email: string
  readonly secondFactor: boolean
  /** The session they are here with, since when, and until when at most. */
  readonly session: string
  readonly since: Date
  readonly until: Date
  /** Where they are a member; empty for somebody who was removed everywhere. */
  readonly memberships: readonly Membership[]
}

export async function visitorOf(parts: SignInParts, browser: Browser): Promise<Visitor | undefined> {
  const found = await parts.engine.api.getSession({ headers: headersOf(browser, parts.origin) })
  if (found === null) return undefined
  const { session, user } = found
  return {
    identity: user.id,
    name: user.name,
    email: user.email,
    secondFactor: user.twoFactorEnabled === true,
    session: session.id,
    since: session.createdAt,
    until: session.expiresAt,
    memberships: await membershipsOf(parts, user.id),
  }
}
