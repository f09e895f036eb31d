import { ok, type Result } from '#kernel/result.ts'
import { type Browser, headersOf } from './browser.ts'
import { limited } from './limited.ts'
import { noteEverywhere } from './note.ts'
import { answered, notProven, type SignInParts, type WithCookies } from './parts.ts'

export interface PasswordAccepted extends WithCookies {
  /** True when a second factor has to be shown before anything is open. */
  readonly secondFactor: boolean
}

/** An address and a password. Whoever has a second factor gets nothing for them but the question for it. */
export function withPassword(
  parts: SignInParts,
  browser: Browser,
  given: { readonly email: string; readonly password: string },
): Promise<Result<PasswordAccepted>> {
  const { engine, origin } = parts
  const email = given.email.trim().toLowerCase()
  const onLocked = () => noteLock(parts, email)
  return limited(parts, { address: browser.address, account: email, onLocked }, async () => {
    const answer = await answered(
      engine.api.signInEmail({
        body: { email, password: given.password },
        headers: headersOf(browser, origin),
        asResponse: true,
      }),
    )
    if (answer === undefined) return notProven()
    const { twoFactorRedirect, user } = answer.body as { twoFactorRedirect?: boolean; user?: { id: string } }
    if (user !== undefined) await noteEverywhere(parts, user.id, 'session.created', { way: 'password' })
    return ok({ secondFactor: twoFactorRedirect === true, cookies: answer.cookies })
  })
}

/** Somebody tries to guess: those whose account it is find it in their log. */
export async function noteLock(parts: SignInParts, email: string): Promise<void> {
  const { internalAdapter } = await parts.engine.$context
  const known = await internalAdapter.findUserByEmail(email)
  if (known !== null) await noteEverywhere(parts, known.user.id, 'sign-in.locked', {}, 'system')
}
