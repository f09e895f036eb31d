import { instantOf } from '#kernel/instant.ts'
import { ok, type Result } from '#kernel/result.ts'
import { invitationFor } from '#store/invitations.ts'
import { personByReference } from '#store/people.ts'
import { hasIdentity, linkIdentity } from '#store/person-identities.ts'
import { join } from './accept-invitation.ts'
import { type Browser, headersOf, withCookies } from './browser.ts'
import type { ClaimedAddress } from './engine.ts'
import { ENGINE_PATH } from './engine-path.ts'
import { rationed } from './limited.ts'
import { note, noteEverywhere } from './note.ts'
import { answered, notProven, type SignInParts, type WithCookies } from './parts.ts'
import { ARRIVED, isOf, type ProviderDirectory } from './provider-directory.ts'
import { questionCookies } from './saml/question.ts'
import { signOut } from './sessions.ts'
import { type Visitor, visitorOf } from './visitor.ts'

export interface SentAway extends WithCookies {
  readonly url: string
}

/** Sends somebody to the identity provider of their address's domain. */
export function beginSingleSignOn(
  parts: SignInParts,
  providers: ProviderDirectory,
  browser: Browser,
  email: string,
): Promise<Result<SentAway>> {
  const { engine, origin } = parts
  return rationed(parts, browser.address, async () => {
    await providers.load()
    const provider = providers.byAddress(email)
    if (provider === undefined) return notProven()
    const headers = headersOf(browser, origin)
    headers.set('content-type', 'application/json')
    const answer = await answered(
      engine.handler(
        new Request(`${origin}${ENGINE_PATH}/sign-in/sso`, {
          method: 'POST',
          headers,
          body: JSON.stringify({
            providerId: provider.id,
            callbackURL: ARRIVED,
            errorCallbackURL: '/auth/sign-in?refused=provider',
            loginHint: email,
          }),
        }),
      ),
    )
    if (answer === undefined) return notProven()
    const { url } = answer.body as { url: string }
    return ok({ url, cookies: [...answer.cookies, ...questionCookies(parts, url)] })
  })
}

/** The way back from an OpenID Connect provider: the engine checks state, code and token. */
export async function returnFromProvider(
  parts: SignInParts,
  providers: ProviderDirectory,
  browser: Browser,
  pathAndQuery: string,
): Promise<Result<WithCookies>> {
  await providers.load()
  const request = new Request(`${parts.origin}${pathAndQuery}`, { headers: headersOf(browser, parts.origin) })
  return completed(parts, providers, browser, await parts.engine.handler(request))
}

/** What the engine made of a provider's word. Cookies are given to a member only. */
export async function completed(
  parts: SignInParts,
  providers: ProviderDirectory,
  browser: Browser,
  response: Response,
): Promise<Result<WithCookies>> {
  if (response.status >= 500) throw new Error(`the sign-in engine failed with status ${response.status}`)
  const cookies = response.headers.getSetCookie()
  await response.body?.cancel()
  const begun = cookies.some((cookie) => /^(__Host-)?airlock\.session_token=[^;]/.test(cookie))
  if (!begun || response.headers.get('location') !== ARRIVED) return notProven()
  const inside = withCookies(browser, cookies)
  if (await arrive(parts, providers, inside)) return ok({ cookies })
  await signOut(parts, inside)
  return notProven()
}

/** Whom a provider may bring in: people of its domain who are members of its organisation, or invited to it. */
export async function mayJoin(
  parts: Pick<SignInParts, 'store' | 'clock'>,
  providers: ProviderDirectory,
  id: string,
  { email, verified }: ClaimedAddress,
): Promise<boolean> {
  const provider = providers.byId(id)
  if (provider === undefined || !isOf(provider.domain, email)) return false
  if ('oidc' in provider && !verified && !provider.oidc.acceptsUnverified) return false
  return parts.store.inOrganisation(provider.organisation, async (tx) => {
    const person = await personByReference(tx, email)
    if (person !== undefined) return !(await hasIdentity(tx, person.id))
    return (await invitationFor(tx, email, instantOf(parts.clock()))) !== undefined
  })
}

/** Somebody is back. The first time they become the member, or the invited one, whose address the provider vouches for. */
async function arrive(parts: SignInParts, providers: ProviderDirectory, browser: Browser): Promise<boolean> {
  const visitor = await visitorOf(parts, browser)
  if (visitor === undefined) return false
  if (visitor.memberships.length === 0) await becomeMember(parts, providers, visitor)
  const again = await visitorOf(parts, browser)
  if (again === undefined || again.memberships.length === 0) return false
  await noteEverywhere(parts, visitor.identity, 'session.created', { way: 'single-sign-on' })
  return true
}

async function becomeMember(
  parts: SignInParts,
  providers: ProviderDirectory,
  visitor: Visitor,
): Promise<void> {
  const { internalAdapter } = await parts.engine.$context
  const createdAt = instantOf(parts.clock())
  for (const { providerId } of await internalAdapter.findAccounts(visitor.identity)) {
    const provider = providers.byId(providerId)
    if (provider === undefined || !isOf(provider.domain, visitor.email)) continue
    const { organisation } = provider
    const invitation = await parts.store.inOrganisation(organisation, async (tx) => {
      const person = await personByReference(tx, visitor.email)
      if (person === undefined) return invitationFor(tx, visitor.email, createdAt)
      if (await hasIdentity(tx, person.id)) return undefined
      await linkIdentity(tx, { identity: visitor.identity, person: person.id, createdAt })
      const data = { provider: provider.id }
      await note(tx, parts, {
        organisation,
        person: person.id,
        action: 'identity.linked',
        subject: person.id,
        data,
      })
      return undefined
    })
    if (invitation !== undefined)
      await join(parts, { organisation, row: invitation }, visitor.identity, visitor.name || invitation.name)
  }
}
