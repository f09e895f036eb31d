import { ok, type Result } from '#kernel/result.ts'
import { type Browser, headersOf } from './browser.ts'
import { limited, SECOND_FACTOR } from './limited.ts'
import { noteEverywhere } from './note.ts'
import { answered, notProven, notSignedIn, type SignInParts, type WithCookies } from './parts.ts'
import { hasPassword, maySetUp } from './passwords.ts'
import { keepAge } from './sessions.ts'
import { takeCode } from './totp.ts'
import { type Visitor, visitorOf } from './visitor.ts'

/** What somebody shows who changes the second factor they have: their password, or where there is none, one of its codes. */
export interface FactorProof {
  readonly password: string
  readonly code: string
}

/** Ten new backup codes in place of those there were. */
export function renewBackupCodes(
  parts: SignInParts,
  browser: Browser,
  proof: FactorProof,
): Promise<Result<readonly string[]>> {
  return changing(parts, browser, proof, async (visitor) => {
    const answer = await answered(
      parts.engine.api.generateBackupCodes({
        body: { password: proof.password },
        headers: headersOf(browser, parts.origin),
        asResponse: true,
      }),
    )
    if (answer === undefined) return notProven()
    await noteEverywhere(parts, visitor.identity, 'backup-codes.renewed')
    return ok((answer.body as { backupCodes: string[] }).backupCodes)
  })
}

export function removeSecondFactor(
  parts: SignInParts,
  browser: Browser,
  proof: FactorProof,
): Promise<Result<WithCookies>> {
  return changing(parts, browser, proof, async (visitor) => {
    const answer = await answered(
      parts.engine.api.disableTwoFactor({
        body: { password: proof.password },
        headers: headersOf(browser, parts.origin),
        asResponse: true,
      }),
    )
    if (answer === undefined) return notProven()
    await keepAge(parts, browser, visitor, answer.cookies)
    await noteEverywhere(parts, visitor.identity, 'second-factor.removed')
    return ok({ cookies: answer.cookies })
  })
}

/** A password is the engine's to look at. Without one a stolen session would do, so the factor itself is asked for. */
async function changing<T>(
  parts: SignInParts,
  browser: Browser,
  { code }: FactorProof,
  change: (visitor: Visitor) => Promise<Result<T>>,
): Promise<Result<T>> {
  const visitor = await visitorOf(parts, browser)
  if (visitor === undefined || !(await maySetUp(parts, visitor))) return notSignedIn()
  const { identity, email } = visitor
  if (await hasPassword(parts, identity))
    return limited(parts, { address: browser.address, account: email }, () => change(visitor))
  const tried = { address: browser.address, account: `enrol ${identity}`, ...SECOND_FACTOR }
  return limited(parts, tried, async () =>
    (await showsFactor(parts, browser, identity, code.replaceAll(/\s/g, ''))) ? change(visitor) : notProven(),
  )
}

async function showsFactor(parts: SignInParts, browser: Browser, identity: string, code: string) {
  if (/^\d{6}$/.test(code)) return takeCode(parts, identity, code)
  const headers = headersOf(browser, parts.origin)
  const body = { code, disableSession: true }
  return (
    (await answered(parts.engine.api.verifyBackupCode({ body, headers, asResponse: true }))) !== undefined
  )
}
