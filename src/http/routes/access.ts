import { z } from 'zod'
import {
  ApiKeyPage,
  ApiKeyRequest,
  IdentityProvider,
  IdentityProviderPage,
  IdentityProviderRequest,
  InvitationPage,
  InvitationRequest,
  NewApiKey,
  NewInvitation,
  ServiceAccount,
  ServiceAccountPage,
  ServiceAccountRequest,
} from '#contract/sign-in.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

const named = <N extends string>(name: N, description: string) =>
  z.strictObject({ [name]: z.string().min(1).max(100).describe(description) } as Record<N, z.ZodString>)

export const accessRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/invitations',
    action: 'invitation.list',
    summary: 'Invitations that can still be accepted',
    reply: InvitationPage,
    run: ({ application, actor }) => application.listInvitations(actor),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/invitations',
    action: 'person.invite',
    summary: 'Invite somebody; the link is shown this once, and there is no mail: give it to them yourself',
    body: InvitationRequest,
    status: 201,
    reply: NewInvitation,
    run: ({ application, actor, body }) => application.invitePerson(actor, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/invitations/{invitation}',
    action: 'invitation.revoke',
    summary: 'Take an invitation back',
    params: named('invitation', 'An inv_… id'),
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.revokeInvitation(actor, params.invitation)),
  }),
  jsonRoute({
    method: 'get',
    path: '/v1/service-accounts',
    action: 'service-account.list',
    summary: 'Programs that ask in their own name',
    reply: ServiceAccountPage,
    run: ({ application, actor }) => application.listServiceAccounts(actor),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/service-accounts',
    action: 'service-account.create',
    summary: 'Make a service account',
    body: ServiceAccountRequest,
    status: 201,
    reply: ServiceAccount,
    run: ({ application, actor, body }) => application.createServiceAccount(actor, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/service-accounts/{account}',
    action: 'service-account.remove',
    summary: 'Remove a service account; its keys stop at once',
    params: named('account', 'Id or name'),
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.removeServiceAccount(actor, params.account)),
  }),
  jsonRoute({
    method: 'get',
    path: '/v1/keys',
    action: 'key.list',
    summary: 'Your keys and signed-in command lines',
    query: z.strictObject({
      everybody: z
        .enum(['true', 'false'])
        .default('false')
        .describe('Those of everybody; for who manages people'),
    }),
    reply: ApiKeyPage,
    run: ({ application, actor, query }) => application.listKeys(actor, query.everybody === 'true'),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/keys',
    action: 'key.create',
    summary: 'Make a key for a program; it is shown this once',
    body: ApiKeyRequest,
    status: 201,
    reply: NewApiKey,
    run: ({ application, actor, body }) => application.createKey(actor, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/keys/{key}',
    action: 'key.revoke',
    summary: 'Revoke a key or sign a command line out; it counts at once',
    params: named('key', 'A tok_… id'),
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) => noContent(await application.revokeKey(actor, params.key)),
  }),
  jsonRoute({
    method: 'get',
    path: '/v1/identity-providers',
    action: 'identity-provider.list',
    summary: 'Identity providers whose word counts here',
    reply: IdentityProviderPage,
    run: ({ application, actor }) => application.listIdentityProviders(actor),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/identity-providers',
    action: 'identity-provider.create',
    summary: 'Take the word of an OpenID Connect provider for the addresses of one domain',
    body: IdentityProviderRequest,
    status: 201,
    reply: IdentityProvider,
    run: ({ application, actor, body }) => application.addIdentityProvider(actor, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/identity-providers/{provider}',
    action: 'identity-provider.remove',
    summary: 'Take no more word of an identity provider',
    params: named('provider', 'Its id'),
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.removeIdentityProvider(actor, params.provider)),
  }),
]
