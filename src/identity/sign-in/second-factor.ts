import { ok, type Result } from '#kernel/result.ts'
import { type Browser, headersOf, unsignedCookie } from './browser.ts'
import { limited, SECOND_FACTOR } from './limited.ts'
import { noteEverywhere } from './note.ts'
import { answered, notProven, notSignedIn, type SignInParts, type WithCookies } from './parts.ts'
import { maySetUp } from './passwords.ts'
import { keepAge } from './sessions.ts'
import { useUpCode } from './totp.ts'
import { visitorOf } from './visitor.ts'

/** A code of six digits, or a backup code: what comes after the password. Either counts once. */
export async function withSecondFactor(
  parts: SignInParts,
  browser: Browser,
  given: string,
): Promise<Result<WithCookies>> {
  const { engine, origin } = parts
  const identity = await waitingIdentity(parts, browser)
  if (identity === undefined) return notProven()
  const code = given.replaceAll(/\s/g, '')
  const onLocked = () => noteEverywhere(parts, identity, 'sign-in.locked', { at: 'second-factor' }, 'system')
  return limited(
    parts,
    { address: browser.address, account: `second ${identity}`, onLocked, ...SECOND_FACTOR },
    async () => {
      // A session along with it would be asked about its own owner, of whom nothing was counted.
      const headers = headersOf(browser, origin, 'two_factor')
      const call = { body: { code }, headers, asResponse: true } as const
      const totp = /^\d{6}$/.test(code)
      if (totp && !(await useUpCode(parts, identity, code))) return notProven()
      const answer = await answered(totp ? engine.api.verifyTOTP(call) : engine.api.verifyBackupCode(call))
      if (answer === undefined) return notProven()
      const secondFactor = totp ? 'one-time-code' : 'backup-code'
      await noteEverywhere(parts, identity, 'session.created', { way: 'password', secondFactor })
      return ok({ cookies: answer.cookies })
    },
  )
}

export interface NewSecondFactor {
  /** For an authenticator app. Shown once, as the codes are. */
  readonly uri: string
  readonly backupCodes: readonly string[]
}

/** Begins with a second factor: it does not count before a code of it was shown. */
export async function beginSecondFactor(
  parts: SignInParts,
  browser: Browser,
  password: string,
): Promise<Result<NewSecondFactor>> {
  const visitor = await visitorOf(parts, browser)
  if (visitor === undefined || !(await maySetUp(parts, visitor))) return notSignedIn()
  return limited(parts, { address: browser.address, account: visitor.email }, async () => {
    const answer = await answered(
      parts.engine.api.enableTwoFactor({
        body: { password },
        headers: headersOf(browser, parts.origin),
        asResponse: true,
      }),
    )
    if (answer === undefined) return notProven()
    const { totpURI, backupCodes } = answer.body as { totpURI: string; backupCodes: string[] }
    return ok({ uri: totpURI, backupCodes })
  })
}

/** The first code of the app: from now on it is asked for. */
export async function confirmSecondFactor(
  parts: SignInParts,
  browser: Browser,
  given: string,
): Promise<Result<WithCookies>> {
  const visitor = await visitorOf(parts, browser)
  if (visitor === undefined) return notSignedIn()
  const code = given.replaceAll(/\s/g, '')
  return limited(
    parts,
    { address: browser.address, account: `enrol ${visitor.identity}`, ...SECOND_FACTOR },
    async () => {
      if (!(await useUpCode(parts, visitor.identity, code))) return notProven()
      const answer = await answered(
        parts.engine.api.verifyTOTP({
          body: { code },
          headers: headersOf(browser, parts.origin),
          asResponse: true,
        }),
      )
      if (answer === undefined) return notProven()
      await keepAge(parts, browser, visitor, answer.cookies)
      await noteEverywhere(parts, visitor.identity, 'second-factor.enrolled')
      return ok({ cookies: answer.cookies })
    },
  )
}

/** Whose password was right a moment ago, by the engine's own record of it. */
async function waitingIdentity(parts: SignInParts, browser: Browser): Promise<string | undefined> {
  const record = unsignedCookie(browser, parts.origin, 'two_factor')
  if (record === undefined || !record.startsWith('2fa-')) return undefined
  const { internalAdapter } = await parts.engine.$context
  return (await internalAdapter.findVerificationValue(record))?.value
}
