import { instantOf } from '#kernel/instant.ts'
import { ok, type Result } from '#kernel/result.ts'
import { invitationFor } from '#store/invitations.ts'
import { personByReference } from '#store/people.ts'
import { hasIdentity, linkIdentity } from '#store/person-identities.ts'
import { join } from './accept-invitation.ts'
import { type Browser, headersOf } from './browser.ts'
import { ENGINE_PATH } from './engine-path.ts'
import { rationed } from './limited.ts'
import { note, noteEverywhere } from './note.ts'
import { answered, notProven, type SignInParts, type WithCookies } from './parts.ts'
import { isOf, type ProviderDirectory } from './provider-directory.ts'
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
            callbackURL: '/auth/arrived',
            errorCallbackURL: '/auth/sign-in?refused=provider',
            loginHint: email,
          }),
        }),
      ),
    )
    if (answer === undefined) return notProven()
    return ok({ url: (answer.body as { url: string }).url, cookies: answer.cookies })
  })
}

/** The way back from the provider: the engine checks state, code and token, and sends on. */
export async function returnFromProvider(
  parts: SignInParts,
  providers: ProviderDirectory,
  browser: Browser,
  pathAndQuery: string,
): Promise<Response> {
  await providers.load()
  return parts.engine.handler(
    new Request(`${parts.origin}${pathAndQuery}`, { headers: headersOf(browser, parts.origin) }),
  )
}

/** Whom a provider may bring in: people of its domain who are members of its organisation, or invited to it. */
export async function mayJoin(
  parts: Pick<SignInParts, 'store' | 'clock'>,
  providers: ProviderDirectory,
  id: string,
  email: string,
): Promise<boolean> {
  const provider = providers.byId(id)
  if (provider === undefined || !isOf(provider.domain, email)) return false
  return parts.store.inOrganisation(provider.organisation, async (tx) => {
    const person = await personByReference(tx, email)
    if (person !== undefined) return !(await hasIdentity(tx, person.id))
    return (await invitationFor(tx, email, instantOf(parts.clock()))) !== undefined
  })
}

/** Somebody is back. The first time they become the member, or the invited one, whose address the provider vouches for. */
export async function arrive(
  parts: SignInParts,
  providers: ProviderDirectory,
  browser: Browser,
): Promise<Result<Visitor>> {
  const visitor = await visitorOf(parts, browser)
  if (visitor === undefined) return notProven()
  if (visitor.memberships.length === 0) await becomeMember(parts, providers, visitor)
  const again = await visitorOf(parts, browser)
  if (again === undefined || again.memberships.length === 0) return notProven()
  await noteEverywhere(parts, visitor.identity, 'session.created', { way: 'single-sign-on' })
  return ok(again)
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
