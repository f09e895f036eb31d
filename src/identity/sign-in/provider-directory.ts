import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { ProviderSettings } from './engine.ts'

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
})
export type OidcSettings = z.infer<typeof OidcSettings>

export interface StoredProvider {
  readonly id: string
  readonly organisation: string
  readonly domain: string
}

/** The identity providers of the server; their client secrets are encrypted in the database. */
export interface ProviderDirectory {
  /** What the engine looks into; the same array for ever. */
  readonly settings: ProviderSettings[]
  origins(): readonly string[]
  /** Reads them again: another process may have changed them. */
  load(): Promise<void>
  byId(id: string): StoredProvider | undefined
  byAddress(email: string): StoredProvider | undefined
  add(provider: StoredProvider, settings: OidcSettings): Promise<void>
  /** Gives the identities that are gone with it, having had no other way in. */
  remove(id: string): Promise<readonly string[]>
}

interface Row {
  readonly providerId: string
  readonly organizationId: string
  readonly domain: string
  readonly oidcConfig: string
}

export function openProviderDirectory(pool: Pool, secret: string, newId: () => string): ProviderDirectory {
  const settings: ProviderSettings[] = []
  let stored: readonly StoredProvider[] = []
  let origins: readonly string[] = []

  const load = async () => {
    const { rows } = await pool.query<Row>('select * from "ssoProvider" order by "providerId"')
    const found = await Promise.all(rows.map((row) => opened(row, secret)))
    settings.splice(0, settings.length, ...found)
    stored = rows.map((row) => ({ id: row.providerId, organisation: row.organizationId, domain: row.domain }))
    origins = found.flatMap(({ oidcConfig }) => originsOf(oidcConfig ?? {}))
  }
  return {
    settings,
    origins: () => origins,
    load,
    byId: (id) => stored.find((provider) => provider.id === id),
    byAddress: (email) => stored.find(({ domain }) => isOf(domain, email)),
    add: async ({ id, organisation, domain }, oidc) => {
      const config = await symmetricEncrypt({ key: secret, data: JSON.stringify(oidc) })
      await pool.query(
        `insert into "ssoProvider" (id, issuer, "oidcConfig", "providerId", "organizationId", domain)
         values ($1, $2, $3, $4, $5, $6)`,
        [newId(), oidc.issuer, config, id, organisation, domain],
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

async function opened(row: Row, secret: string): Promise<ProviderSettings> {
  const config = OidcSettings.parse(JSON.parse(await symmetricDecrypt({ key: secret, data: row.oidcConfig })))
  return {
    providerId: row.providerId,
    domain: row.domain,
    oidcConfig: { ...config, pkce: true, scopes: SCOPES },
  }
}

const SCOPES = ['openid', 'email', 'profile']

function originsOf(config: object): string[] {
  const urls = Object.values(config).filter((value) => typeof value === 'string' && /^https?:/.test(value))
  return [...new Set(urls.map((url) => new URL(String(url)).origin))]
}
