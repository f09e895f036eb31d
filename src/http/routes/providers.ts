import { z } from 'zod'
import { PageRequest, ProviderName, ProviderPage, ProviderRequest, ProviderView } from '#contract/api.ts'
import { ProviderOrder } from '#contract/model-policy.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

export const providerRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/providers',
    action: 'provider.list',
    place: 'organisation',
    summary: 'The model providers, without their keys',
    query: PageRequest,
    reply: ProviderPage,
    run: ({ application, actor, query }) => application.listProviders(actor, query),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/providers',
    action: 'provider.create',
    place: 'server',
    summary: 'Add a model provider, once a real call with its key has succeeded',
    body: ProviderRequest,
    status: 201,
    reply: ProviderView,
    run: ({ application, actor, body }) => application.addProvider(actor, body),
  }),
  jsonRoute({
    method: 'get',
    path: '/v1/provider-order',
    action: 'provider.list',
    place: 'organisation',
    summary: 'The order in which providers stand by for each other',
    reply: ProviderOrder,
    run: ({ application }) => application.providerOrder(),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/provider-order',
    action: 'provider.order',
    place: 'server',
    summary: 'Set the order in which providers stand by for each other',
    body: ProviderOrder,
    reply: ProviderOrder,
    current: ({ application }) => application.providerOrder(),
    run: ({ application, actor, body }) => application.orderProviders(actor, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/providers/{name}',
    action: 'provider.remove',
    place: 'server',
    summary: 'Forget a provider and its key',
    params: z.strictObject({ name: ProviderName }),
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.removeProvider(actor, params.name)),
  }),
]
