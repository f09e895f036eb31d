import { z } from 'zod'
import { pageOf, RoleName } from './api.ts'

/** A command line that asks to be let in. `deviceCode` is its secret; a person types `userCode` at `url`. */
export const DeviceAsked = z.strictObject({
  deviceCode: z.string(),
  userCode: z.string(),
  url: z.string(),
  expiresIn: z.int().describe('Seconds'),
  interval: z.int().describe('Seconds between two questions'),
})
export type DeviceAsked = z.infer<typeof DeviceAsked>

export const DeviceAnswer = z.discriminatedUnion('state', [
  z.strictObject({ state: z.enum(['waiting', 'denied', 'over']) }),
  z.strictObject({ state: z.literal('done'), token: z.string() }),
])
export type DeviceAnswer = z.infer<typeof DeviceAnswer>

export const Invitation = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: RoleName,
    createdAt: z.string(),
    expiresAt: z.string(),
  })
  .meta({ id: 'Invitation' })
export type Invitation = z.infer<typeof Invitation>
export const InvitationPage = pageOf(Invitation, 'InvitationPage')

export const InvitationRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    email: z
      .string()
      .min(3)
      .max(320)
      .describe('Of somebody new; or the address or id of a member who has only a token'),
    role: RoleName.default('developer').describe('Of somebody new; a member keeps theirs'),
  })
  .meta({ id: 'InvitationRequest' })
export type InvitationRequest = z.infer<typeof InvitationRequest>

export const NewInvitation = z
  .strictObject({
    invitation: Invitation,
    url: z.string().describe('Shown this once; accepts the invitation'),
  })
  .meta({ id: 'NewInvitation' })
export type NewInvitation = z.infer<typeof NewInvitation>

export const PasswordResetRequest = z
  .strictObject({
    secondFactor: z
      .boolean()
      .default(false)
      .describe('Also take their authenticator app and passkeys away, for somebody who has lost them'),
  })
  .meta({ id: 'PasswordResetRequest' })
export type PasswordResetRequest = z.infer<typeof PasswordResetRequest>

export const NewPasswordReset = z
  .strictObject({
    person: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }),
    url: z.string().describe('Shown this once; whoever opens it chooses the password'),
    expiresAt: z.string(),
  })
  .meta({ id: 'NewPasswordReset' })
export type NewPasswordReset = z.infer<typeof NewPasswordReset>

export const ServiceAccount = z
  .strictObject({ id: z.string(), name: z.string(), role: RoleName, createdAt: z.string() })
  .meta({ id: 'ServiceAccount' })
export type ServiceAccount = z.infer<typeof ServiceAccount>
export const ServiceAccountPage = pageOf(ServiceAccount, 'ServiceAccountPage')

export const ServiceAccountRequest = z
  .strictObject({ name: z.string().trim().min(1).max(100), role: RoleName.default('developer') })
  .meta({ id: 'ServiceAccountRequest' })
export type ServiceAccountRequest = z.infer<typeof ServiceAccountRequest>

/** A token by which something asks: of a person who was added, of a command line that signed in, or of a program. */
export const ApiKey = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['person', 'cli', 'key']),
    name: z.string(),
    holder: z.string().describe('A usr_… or sva_… id'),
    permissions: z.array(z.string()).optional().describe('Absent where it may do all that its holder may'),
    createdAt: z.string(),
    expiresAt: z.string().optional(),
    lastUsedAt: z.string().optional(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof ApiKey>
export const ApiKeyPage = pageOf(ApiKey, 'ApiKeyPage')

export const MOST_KEY_DAYS = 366

export const ApiKeyRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    permissions: z.array(z.string().max(60)).min(1).max(100).optional().describe('All you hold unless given'),
    days: z.int().min(1).max(MOST_KEY_DAYS).default(90),
    serviceAccount: z.string().max(100).optional().describe('Id or name; your own unless given'),
  })
  .meta({ id: 'ApiKeyRequest' })
export type ApiKeyRequest = z.infer<typeof ApiKeyRequest>

export const NewApiKey = z
  .strictObject({ key: ApiKey, token: z.string().describe('Shown this once; only its hash is kept') })
  .meta({ id: 'NewApiKey' })
export type NewApiKey = z.infer<typeof NewApiKey>

export const IdentityProvider = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['oidc', 'saml']),
    issuer: z.string(),
    domain: z.string().describe('Of the addresses it is believed about'),
    redirectUrl: z.string().describe('What the provider is told to send people back to'),
    entityId: z
      .string()
      .optional()
      .describe('What a SAML provider is told we are called; our metadata is at that address'),
    createdAt: z.string(),
  })
  .meta({ id: 'IdentityProvider' })
export type IdentityProvider = z.infer<typeof IdentityProvider>
export const IdentityProviderPage = pageOf(IdentityProvider, 'IdentityProviderPage')

const ProviderName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes')
const Domain = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a domain such as example.org')

export const OidcProviderRequest = z
  .strictObject({
    kind: z.literal('oidc').default('oidc'),
    id: ProviderName,
    issuer: z.url({ protocol: /^https?$/ }).max(500),
    domain: Domain,
    clientId: z.string().min(1).max(500),
    clientSecret: z.string().min(1).max(2_000),
    acceptUnverified: z
      .boolean()
      .default(false)
      .describe('Believe it about addresses that it does not call verified; some providers never do'),
  })
  .meta({ id: 'OidcProviderRequest' })

export const SamlProviderRequest = z
  .strictObject({
    kind: z.literal('saml'),
    id: ProviderName,
    domain: Domain,
    metadata: z
      .string()
      .max(200_000)
      .optional()
      .describe('As the provider publishes it; else its name, address and certificate'),
    entityId: z.string().max(1_024).optional(),
    entryPoint: z.string().max(2_000).optional().describe('Its sign-on address for the redirect binding'),
    certificates: z.array(z.string().max(20_000)).max(8).optional().describe('PEM'),
    emailAttribute: z
      .string()
      .min(1)
      .max(300)
      .optional()
      .describe("The subject's name is the address unless given"),
    unsolicited: z
      .boolean()
      .default(false)
      .describe('Take answers that nobody here asked for: people begin at the provider'),
  })
  .meta({ id: 'SamlProviderRequest' })

export const IdentityProviderRequest = z
  .union([SamlProviderRequest, OidcProviderRequest])
  .meta({ id: 'IdentityProviderRequest' })
export type IdentityProviderRequest = z.infer<typeof IdentityProviderRequest>
