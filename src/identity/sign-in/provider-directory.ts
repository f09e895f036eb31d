import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { ProviderSettings } from './engine.ts'
import { samlNames } from './saml/names.ts'

/** What an identity provider said of itself when an owner named it. */
export const OidcSettings = z.strictObject({
  issuer: z.string(),
  discoveryEndpoint: z.string(),
  authorizationEndpoint: z.string(),
  tokenEndpoint: z.string(),
  jwksEndpoint: z.string(),
  userInfoEndpoint: z.string().optional(),
  tokenEndpointAuthentication: z.enum(['client_secret_basic', 'client_secret_post']),
  clientId: z.string(),
  clientSecret: z.string(),
  /** It is believed about addresses that it does not call verified itself. */
  acceptsUnverified: z.boolean().default(false),
})
export type OidcSettings = z.infer<typeof OidcSettings>

/** What is known of a SAML provider, and how it is used. */
export const SamlSettings = z.strictObject({
  entityId: z.string(),
  entryPoint: z.string(),
  certificates: z.array(z.string()).readonly(),
  /** The attribute that holds the address, where the subject's name does not. */
  emailAttribute: z.string().optional(),
  /** People may begin at the provider: answers count that nobody here asked for. */
  unsolicited: z.boolean(),
})
export type SamlSettings = z.infer<typeof SamlSettings>

export interface NamedProvider {
  readonly id: string
  readonly organisation: string
  readonly domain: string
}

export type ProviderKind = { readonly oidc: OidcSettings } | { readonly saml: SamlSettings }

export type StoredProvider = NamedProvider & ProviderKind

/** The identity providers of the server; their client secrets are encrypted in the database. */
export interface ProviderDirectory {
  /** What the engine looks into; the same array for ever. */
  readonly settings: ProviderSettings[]
  origins(): readonly string[]
  /** Reads them again: another process may have changed them. */
  load(): Promise<void>
  byId(id: string): StoredProvider | undefined
  byAddress(email: string): StoredProvider | undefined
  add(provider: StoredProvider): Promise<void>
  /** Gives the identities that are gone with it, having had no other way in. */
  remove(id: string): Promise<readonly string[]>
}

interface Row {
  readonly providerId: string
  readonly organizationId: string
  readonly domain: string
  readonly oidcConfig: string | null
  readonly samlConfig: string | null
}

/** Keeps them for the engine of the server that people reach at `origin`. */
export function openProviderDirectory(
  { pool, secret, origin }: { readonly pool: Pool; readonly secret: string; readonly origin: string },
  newId: () => string,
): ProviderDirectory {
  const settings: ProviderSettings[] = []
  let stored: readonly StoredProvider[] = []
  let origins: readonly string[] = []

  const load = async () => {
    const { rows } = await pool.query<Row>('select * from "ssoProvider" order by "providerId"')
    stored = await Promise.all(rows.map((row) => opened(row, secret)))
    settings.splice(0, settings.length, ...stored.map((provider) => forEngine(provider, origin)))
    origins = stored.flatMap((provider) => originsOf('oidc' in provider ? provider.oidc : provider.saml))
  }
  return {
    settings,
    origins: () => origins,
    load,
    byId: (id) => stored.find((provider) => provider.id === id),
    byAddress: (email) => stored.find(({ domain }) => isOf(domain, email)),
    add: async (provider) => {
      const kept = 'oidc' in provider ? provider.oidc : provider.saml
      const config = await symmetricEncrypt({ key: secret, data: JSON.stringify(kept) })
      const [oidc, saml] = 'oidc' in provider ? [config, null] : [null, config]
      const issuer = 'oidc' in provider ? provider.oidc.issuer : provider.saml.entityId
      await pool.query(
        `insert into "ssoProvider" (id, issuer, "oidcConfig", "samlConfig", "providerId", "organizationId", domain)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [newId(), issuer, oidc, saml, provider.id, provider.organisation, provider.domain],
      )
      await load()
    },
    remove: async (id) => {
      await pool.query('delete from "ssoProvider" where "providerId" = $1', [id])
      await load()
      return forget(pool, id)
    },
  }
}

/** Another provider of the same name must not find the accounts of the one that was removed. */
async function forget(pool: Pool, provider: string): Promise<readonly string[]> {
  const gone = await pool.query<{ userId: string }>(
    'delete from account where "providerId" = $1 returning "userId"',
    [provider],
  )
  const { rows } = await pool.query<{ id: string }>(
    `delete from "user" u where id = any ($1)
       and not exists (select from account where "userId" = u.id)
       and not exists (select from passkey where "userId" = u.id) returning id`,
    [gone.rows.map(({ userId }) => userId)],
  )
  return rows.map(({ id }) => id)
}

/** True for an address of exactly that domain: a sub-domain may be somebody else's. */
export function isOf(domain: string, email: string): boolean {
  return email.toLowerCase().split('@').at(-1) === domain.toLowerCase()
}

async function opened(row: Row, secret: string): Promise<StoredProvider> {
  const { providerId: id, organizationId: organisation, domain, oidcConfig, samlConfig } = row
  const config: unknown = JSON.parse(
    await symmetricDecrypt({ key: secret, data: oidcConfig ?? samlConfig ?? '' }),
  )
  const named = { id, organisation, domain }
  return oidcConfig === null
    ? { ...named, saml: SamlSettings.parse(config) }
    : { ...named, oidc: OidcSettings.parse(config) }
}

function forEngine(provider: StoredProvider, origin: string): ProviderSettings {
  const { id: providerId, domain } = provider
  if ('oidc' in provider) {
    const { acceptsUnverified: _, ...config } = provider.oidc
    return { providerId, domain, oidcConfig: { ...config, pkce: true, scopes: SCOPES } }
  }
  const { entityId, entryPoint, certificates, emailAttribute } = provider.saml
  const ours = samlNames(origin, providerId)
  return {
    providerId,
    domain,
    samlConfig: {
      issuer: ours.entityId,
      audience: ours.entityId,
      entryPoint,
      // Where to sign out is never asked for; without it the engine's library complains at every sign-in.
      idpMetadata: {
        entityID: entityId,
        cert: [...certificates],
        singleSignOnService: [{ Binding: REDIRECT, Location: entryPoint }],
        singleLogoutService: [{ Binding: REDIRECT, Location: entryPoint }],
      },
      spMetadata: { entityID: ours.entityId },
      wantAssertionsSigned: true,
      callbackUrl: ARRIVED,
      mapping: { email: emailAttribute ?? NO_ATTRIBUTE, name: 'displayName' },
    },
  }
}

const SCOPES = ['openid', 'email', 'profile']

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'

/** The engine would take an attribute `email` in place of the subject's name unless told of another, which there is not. */
const NO_ATTRIBUTE = 'urn:airlock:no-such-attribute'

/** The mark by which the engine says that somebody came in; nothing is there. */
export const ARRIVED = '/auth/arrived'

function originsOf(config: object): string[] {
  const urls = Object.values(config).filter((value) => typeof value === 'string' && /^https?:/.test(value))
  return [...new Set(urls.flatMap((url) => URL.parse(String(url))?.origin ?? []))]
}
