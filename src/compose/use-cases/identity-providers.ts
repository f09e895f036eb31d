import type { IdentityProvider, IdentityProviderRequest } from '#contract/sign-in.ts'
import type { Application } from '#http/application.ts'
import { discoverProvider } from '#identity/sign-in/discover-provider.ts'
import { ENGINE_PATH } from '#identity/sign-in/engine-path.ts'
import type { ProviderKind } from '#identity/sign-in/provider-directory.ts'
import { checkSamlProvider, readSamlMetadata } from '#identity/sign-in/saml/metadata.ts'
import { samlNames } from '#identity/sign-in/saml/names.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { organisationPlace } from '#policy/place.ts'
import {
  type IdentityProviderRow,
  identityProviderById,
  insertIdentityProvider,
  listIdentityProviders,
  removeIdentityProvider,
} from '#store/identity-providers.ts'
import { unlinkIdentity } from '#store/person-identities.ts'
import { logAction } from '#tasks/log-action.ts'
import { permitAtServer } from '#tasks/may-begin.ts'
import { permit } from '#tasks/permit.ts'
import type { Workshop } from '#tasks/workshop.ts'
import type { SignInDesk } from '../sign-in.ts'

/** Whose word counts for who somebody is. */
export function identityProviderUseCases(
  workshop: Workshop,
  signIn: SignInDesk,
): Pick<Application, 'listIdentityProviders' | 'addIdentityProvider' | 'removeIdentityProvider'> {
  const { store, clock } = workshop
  const view = ({ id, kind, issuer, domain, createdAt }: Viewed): IdentityProvider => {
    const { entityId, recipient } = samlNames(signIn.origin(), id)
    const names =
      kind === 'saml'
        ? { redirectUrl: recipient, entityId }
        : { redirectUrl: `${signIn.origin()}${ENGINE_PATH}/sso/callback/${id}` }
    return { id, kind, issuer, domain, createdAt, ...names }
  }
  return {
    listIdentityProviders: (actor) =>
      store.inOrganisation(actor.organisation, async (tx) =>
        ok({ items: (await listIdentityProviders(tx)).map(view) }),
      ),

    addIdentityProvider: async (actor, request) => {
      const { id, kind, domain } = request
      // A domain is claimed for the whole server, and the server asks the addresses that are named.
      const allowed = await permitAtServer(workshop, actor, 'identity-provider.create')
      if (!allowed.ok) return allowed
      const learned = await learn(request, signIn.origin())
      if (!learned.ok) return learned
      const settings = learned.value
      const { providers } = await signIn.load()
      await providers.load()
      if (providers.byId(id) !== undefined || providers.byAddress(`x@${domain}`) !== undefined)
        return refused({
          code: 'conflict',
          rule: 'sign-in.provider',
          message: 'There is a provider of that name, or for that domain, on this server.',
          remedy: 'Remove it first, or choose another name.',
        })
      const { organisation } = actor
      await providers.add({ id, organisation, domain, ...settings })
      const issuer = 'oidc' in settings ? settings.oidc.issuer : settings.saml.entityId
      const createdAt = instantOf(clock())
      await store.inOrganisation(organisation, async (tx) => {
        await insertIdentityProvider(tx, { id, kind, issuer, domain, createdBy: actor.person, createdAt })
        await logAction(tx, clock, actor, 'identity-provider.added', id, { domain, kind })
      })
      return ok(view({ id, kind, issuer, domain, createdAt }))
    },

    removeIdentityProvider: async (actor, id) => {
      const place = organisationPlace(actor.organisation)
      const allowed = await permit(workshop, { actor, action: 'identity-provider.remove', place, facts: {} })
      if (!allowed.ok) return allowed
      const { organisation } = actor
      const known = await store.inOrganisation(organisation, (tx) => identityProviderById(tx, id))
      if (known === undefined)
        return refused({ code: 'not_found', message: `There is no identity provider ${id}.` })
      const { providers } = await signIn.load()
      for (const identity of await providers.remove(id))
        for (const where of await store.organisationsOfIdentity(identity))
          await store.inOrganisation(where, (tx) => unlinkIdentity(tx, identity))
      return store.inOrganisation(organisation, async (tx) => {
        await removeIdentityProvider(tx, id, instantOf(clock()))
        await logAction(tx, clock, actor, 'identity-provider.removed', id)
        return ok(undefined)
      })
    },
  }
}

type Viewed = Pick<IdentityProviderRow, 'id' | 'kind' | 'issuer' | 'domain' | 'createdAt'>

/** What there is to know of a provider before it is believed: by asking it, or from what it publishes. */
async function learn(request: IdentityProviderRequest, origin: string): Promise<Result<ProviderKind>> {
  if (request.kind === 'oidc') {
    const { issuer, clientId, clientSecret, acceptUnverified: acceptsUnverified } = request
    const discovered = await discoverProvider(issuer, origin)
    if (!discovered.ok) return discovered
    return ok({ oidc: { ...discovered.value, clientId, clientSecret, acceptsUnverified } })
  }
  const { metadata, entityId = '', entryPoint = '', certificates = [], emailAttribute, unsolicited } = request
  const provider =
    metadata === undefined
      ? checkSamlProvider({ entityId, entryPoint, certificates })
      : readSamlMetadata(metadata)
  if (!provider.ok) return provider
  const email = emailAttribute === undefined ? {} : { emailAttribute }
  return ok({ saml: { ...provider.value, ...email, unsolicited } })
}
