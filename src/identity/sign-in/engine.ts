import { passkey } from '@better-auth/passkey'
import { sso } from '@better-auth/sso'
import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { twoFactor } from 'better-auth/plugins'
import type { Pool } from 'pg'
import { ENGINE_PATH } from './engine-path.ts'

export type ProviderSettings = NonNullable<NonNullable<Parameters<typeof sso>[0]>['defaultSSO']>[number]

export interface EngineOptions {
  readonly pool: Pool
  readonly secret: string
  /** Where people reach this server: `https://airlock.example`, without a path. */
  readonly origin: string
  /** Filled and emptied while the engine runs; read at every sign-in. */
  readonly providers: ProviderSettings[]
  readonly trustedOrigins: () => readonly string[]
  /** May an identity provider bring in somebody new with that address? */
  readonly mayJoin: (provider: string, claimed: ClaimedAddress) => Promise<boolean>
}

/** An address as a provider gave it, in small letters. */
export interface ClaimedAddress {
  readonly email: string
  /** By the provider's own word. */
  readonly verified: boolean
}

/** How long somebody stays signed in, and after how long what is delicate wants a new sign-in. */
const SESSION_SECONDS = 12 * 60 * 60
export const FRESH_SECONDS = 15 * 60

export type Engine = ReturnType<typeof createEngine>

/**
 * better-auth as we use it: nobody signs up by themselves, accounts are never joined by an address alone, a session ends
 * when it ends, and limits, organisations and the audit log are ours.
 */
export function createEngine(options: EngineOptions) {
  const { origin } = options
  const secure = origin.startsWith('https://')
  return betterAuth({
    appName: 'Airlock',
    baseURL: origin,
    basePath: ENGINE_PATH,
    secret: options.secret,
    database: options.pool,
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    trustedOrigins: async () => [...options.trustedOrigins()],
    advanced: {
      // A browser takes a __Host- cookie from nobody but this very host, and over https only.
      cookiePrefix: secure ? '__Host-airlock' : 'airlock',
      useSecureCookies: false,
      defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'strict', path: '/' },
      // The way back from an OpenID Connect provider is a link from elsewhere.
      cookies: { state: { attributes: { sameSite: 'lax' } } },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    session: {
      expiresIn: SESSION_SECONDS,
      freshAge: FRESH_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
    },
    account: { accountLinking: { enabled: false }, encryptOAuthTokens: true },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.least,
      maxPasswordLength: PASSWORD_LENGTH.most,
    },
    databaseHooks: {
      user: {
        create: {
          before: async (user, context) => {
            // Without a request it is us, for an invitation; with one, only a provider may bring somebody in.
            if (context === null || context === undefined) return undefined
            const provider = String(context.params?.providerId)
            const claimed = { email: user.email, verified: user.emailVerified }
            if (context.path.startsWith('/sso/') && (await options.mayJoin(provider, claimed)))
              return undefined
            throw new APIError('FORBIDDEN', { message: 'not invited', code: 'NOT_INVITED' })
          },
        },
      },
    },
    plugins: [
      // Whoever has no password came by their organisation's word; that it was a moment ago is looked at before.
      twoFactor({ issuer: 'Airlock', allowPasswordless: true, totpOptions: { period: TOTP_SECONDS } }),
      passkey({
        rpID: new URL(origin).hostname,
        rpName: 'Airlock',
        origin,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        registration: {
          afterVerification: ({ verification }) => {
            requireVerifiedUser(verification.registrationInfo?.userVerified)
          },
        },
        authentication: {
          afterVerification: ({ verification }) => {
            requireVerifiedUser(verification.authenticationInfo.userVerified)
          },
        },
      }),
      sso({
        defaultSSO: options.providers,
        providersLimit: 0,
        trustEmailVerified: true,
        // Whether nobody asked for an answer is looked at before it comes here, for each provider.
        saml: { allowIdpInitiated: true, requireTimestamps: true, clockSkew: 2 * 60_000 },
      }),
    ],
  })
}

/** A passkey counts as both factors, so the device must have asked for a finger, a face or a PIN. */
function requireVerifiedUser(verified: boolean | undefined): void {
  if (verified !== true) throw new APIError('UNAUTHORIZED', { message: 'user not verified' })
}

/** Set by us for every call, never taken from a request: the address a session was begun from. */
export const ADDRESS_HEADER = 'x-airlock-address'

export const TOTP_SECONDS = 30
export const PASSWORD_LENGTH = { least: 12, most: 200 } as const
