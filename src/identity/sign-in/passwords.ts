import { ok, type Result, refused } from '#kernel/result.ts'
import { type Browser, headersOf } from './browser.ts'
import { FRESH_SECONDS, PASSWORD_LENGTH } from './engine.ts'
import { limited } from './limited.ts'
import { noteEverywhere } from './note.ts'
import { answered, notProven, notSignedIn, type SignInParts, type WithCookies } from './parts.ts'
import { type Visitor, visitorOf } from './visitor.ts'

/** Another password in place of the one that is known; every other session of theirs ends. */
export async function changePassword(
  parts: SignInParts,
  browser: Browser,
  { current, wanted }: { readonly current: string; readonly wanted: string },
): Promise<Result<WithCookies>> {
  const visitor = await visitorOf(parts, browser)
  if (visitor === undefined) return notSignedIn()
  const length = checkLength(wanted)
  if (!length.ok) return length
  return limited(parts, { address: browser.address, account: visitor.email }, async () => {
    const answer = await answered(
      parts.engine.api.changePassword({
        body: { currentPassword: current, newPassword: wanted, revokeOtherSessions: true },
        headers: headersOf(browser, parts.origin),
        asResponse: true,
      }),
    )
    if (answer === undefined) return notProven()
    await noteEverywhere(parts, visitor.identity, 'password.changed')
    return ok({ cookies: answer.cookies })
  })
}

export function checkLength(password: string): Result<void> {
  const { least, most } = PASSWORD_LENGTH
  if (password.length >= least && password.length <= most) return ok(undefined)
  return refused({
    code: 'invalid_input',
    message: `The password must have ${least} to ${most} characters.`,
    rule: 'sign-in.password-length',
    remedy: 'A few words in a row make a good one.',
  })
}

/** Whether somebody has a password at all: whom their organisation vouches for has none. */
export async function hasPassword({ engine }: SignInParts, identity: string): Promise<boolean> {
  const { internalAdapter } = await engine.$context
  const accounts = await internalAdapter.findAccounts(identity)
  return accounts.some(({ providerId, password }) => providerId === 'credential' && Boolean(password))
}

/** What is delicate wants the password, or where there is none, to have signed in a moment ago. */
export async function maySetUp(parts: SignInParts, visitor: Visitor): Promise<boolean> {
  const age = parts.clock() - visitor.since.getTime()
  return age < FRESH_SECONDS * 1000 || hasPassword(parts, visitor.identity)
}
