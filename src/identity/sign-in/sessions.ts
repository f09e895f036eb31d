import { sessionTokenOf } from '../session-cookie.ts'
import { type Browser, headersOf, withCookies } from './browser.ts'
import { noteEverywhere } from './note.ts'
import { answered, type SignInParts, type WithCookies } from './parts.ts'
import type { Visitor } from './visitor.ts'

export interface SessionView {
  readonly id: string
  readonly current: boolean
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly address: string
  readonly userAgent: string
}

/** Where somebody is signed in: here, then the newest first. */
export async function sessionsOf(parts: SignInParts, visitor: Visitor): Promise<readonly SessionView[]> {
  const { internalAdapter } = await parts.engine.$context
  const sessions = await internalAdapter.listSessions(visitor.identity, { onlyActiveSessions: true })
  const rank = ({ id, createdAt }: { readonly id: string; readonly createdAt: Date }) =>
    id === visitor.session ? Number.POSITIVE_INFINITY : createdAt.getTime()
  return sessions
    .toSorted((a, b) => rank(b) - rank(a))
    .map(({ id, createdAt, expiresAt, ipAddress, userAgent }) => ({
      id,
      current: id === visitor.session,
      createdAt,
      expiresAt,
      address: ipAddress ?? '',
      userAgent: userAgent ?? '',
    }))
}

/** Ends one session of somebody's own, or all but the one they are here with; it counts at once. */
export async function revokeSessions(
  parts: SignInParts,
  visitor: Visitor,
  which: string | 'others',
): Promise<number> {
  const { internalAdapter } = await parts.engine.$context
  const sessions = await internalAdapter.listSessions(visitor.identity)
  const ended = sessions.filter(({ id }) => (which === 'others' ? id !== visitor.session : id === which))
  for (const { token } of ended) await internalAdapter.deleteSession(token)
  if (ended.length > 0)
    await noteEverywhere(parts, visitor.identity, 'session.revoked', { sessions: ended.length })
  return ended.length
}

export async function signOut(parts: SignInParts, browser: Browser): Promise<WithCookies> {
  const answer = await answered(
    parts.engine.api.signOut({ headers: headersOf(browser, parts.origin), asResponse: true }),
  )
  return { cookies: answer?.cookies ?? [] }
}

/** Where the engine makes a new session of the one there is, it is no younger and ends no later. */
export async function keepAge(
  { engine, secret, origin }: SignInParts,
  browser: Browser,
  { since, until }: Visitor,
  cookies: readonly string[],
): Promise<void> {
  const token = sessionTokenOf(withCookies(browser, cookies).cookie ?? '', secret, origin)
  if (token === undefined) return
  const { internalAdapter } = await engine.$context
  await internalAdapter.updateSession(token, { createdAt: since, expiresAt: until })
}
