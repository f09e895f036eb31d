import { ok, type Result } from '#kernel/result.ts'
import { type Browser, headersOf } from './browser.ts'
import { limited, rationed } from './limited.ts'
import { noteEverywhere } from './note.ts'
import { answered, notProven, notSignedIn, type SignInParts, type WithCookies } from './parts.ts'
import type { Visitor } from './visitor.ts'
import { visitorOf } from './visitor.ts'

/** JSON for the browser's own WebAuthn calls. */
export interface Challenge extends WithCookies {
  readonly options: unknown
}

export function passkeyChallenge(
  parts: SignInParts,
  browser: Browser,
  purpose: 'sign-in' | 'register',
): Promise<Result<Challenge>> {
  const { engine, origin } = parts
  const call = { headers: headersOf(browser, origin), asResponse: true } as const
  return rationed(parts, browser.address, async () => {
    const answer = await answered(
      purpose === 'sign-in'
        ? engine.api.generatePasskeyAuthenticationOptions(call)
        : engine.api.generatePasskeyRegistrationOptions({ ...call, query: {} }),
    )
    return answer === undefined ? notSignedIn() : ok({ options: answer.body, cookies: answer.cookies })
  })
}

/** What the browser's WebAuthn call gave; the engine looks at what is in it. */
export type PasskeyResponse = Readonly<Record<string, unknown>>

/** A passkey alone: its device has asked for the second factor. */
export function withPasskey(
  parts: SignInParts,
  browser: Browser,
  response: PasskeyResponse,
): Promise<Result<WithCookies>> {
  return limited(parts, { address: browser.address }, async () => {
    const answer = await answered(
      parts.engine.api.verifyPasskeyAuthentication({
        body: { response: response as never }, // its schema takes any object; the type asks for more
        headers: headersOf(browser, parts.origin),
        asResponse: true,
      }),
    )
    if (answer === undefined) return notProven()
    const { user } = answer.body as { user: { id: string } }
    await noteEverywhere(parts, user.id, 'session.created', { way: 'passkey' })
    return ok({ cookies: answer.cookies })
  })
}

export async function addPasskey(
  parts: SignInParts,
  browser: Browser,
  { response, name }: { readonly response: PasskeyResponse; readonly name: string },
): Promise<Result<WithCookies>> {
  const visitor = await visitorOf(parts, browser)
  if (visitor === undefined) return notSignedIn()
  const answer = await answered(
    parts.engine.api.verifyPasskeyRegistration({
      body: { response, name: name.slice(0, 80) },
      headers: headersOf(browser, parts.origin),
      asResponse: true,
    }),
  )
  if (answer === undefined) return notProven()
  await noteEverywhere(parts, visitor.identity, 'passkey.added')
  return ok({ cookies: answer.cookies })
}

export interface PasskeyView {
  readonly id: string
  readonly name: string
  readonly createdAt: Date | undefined
}

export async function passkeysOf({ engine }: SignInParts, visitor: Visitor): Promise<readonly PasskeyView[]> {
  const { adapter } = await engine.$context
  const rows = await adapter.findMany<{ id: string; name?: string; createdAt?: Date }>({
    model: 'passkey',
    where: [{ field: 'userId', value: visitor.identity }],
  })
  return rows.map(({ id, name, createdAt }) => ({ id, name: name || 'Passkey', createdAt }))
}

export async function removePasskey(parts: SignInParts, visitor: Visitor, id: string): Promise<void> {
  const mine = await passkeysOf(parts, visitor)
  if (!mine.some((passkey) => passkey.id === id)) return
  const { adapter } = await parts.engine.$context
  await adapter.delete({ model: 'passkey', where: [{ field: 'id', value: id }] })
  await noteEverywhere(parts, visitor.identity, 'passkey.removed')
}
