import type { ProviderView } from '#contract/api.ts'
import { checkProvider } from '#gateway/check-provider.ts'
import type { KnownProvider } from '#gateway/known-provider.ts'
import { NO_KEY } from '#gateway/provider-from-environment.ts'
import type { Application } from '#http/application.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { logAction } from '#tasks/log-action.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Model providers of the installation. A key goes in after a real call with it, and never comes out. */
export function providerUseCases(
  workshop: Workshop,
): Pick<
  Application,
  'listProviders' | 'addProvider' | 'removeProvider' | 'providerOrder' | 'orderProviders'
> {
  const { providers, clock } = workshop
  return {
    listProviders: async () => ok({ items: (await providers.list()).map(providerView) }),

    addProvider: async (actor, request) => {
      const { service, ...rest } = request
      const key = request.key === '' ? NO_KEY : request.key
      const provider = { ...rest, key, ...(service === undefined ? {} : { service }) }
      const checked = await checkProvider(provider, clock)
      if (!checked.ok) return checked
      const added = await providers.add(provider, instantOf(clock()))
      await logged(workshop, actor, 'provider.added', request.name)
      return ok(providerView(added))
    },

    removeProvider: async (actor, name) => {
      const removed = await providers.remove(name)
      if (removed.ok) await logged(workshop, actor, 'provider.removed', name)
      return removed
    },

    providerOrder: async () => ok({ order: [...(await providers.order())] }),

    orderProviders: async (actor, { order }) => {
      const set = await providers.setOrder(order)
      if (!set.ok) return set
      await logged(workshop, actor, 'provider.ordered', order.join(' ') || 'none')
      return ok({ order })
    },
  }
}

function providerView({
  name,
  protocol,
  service,
  baseUrl,
  models,
  source,
  createdAt,
}: KnownProvider): ProviderView {
  return {
    name,
    protocol,
    baseUrl,
    models: [...models],
    source,
    ...(service === undefined ? {} : { service }),
    ...(createdAt === undefined ? {} : { createdAt }),
  }
}

async function logged({ store, clock }: Workshop, actor: Actor, action: string, name: string): Promise<void> {
  await store.inOrganisation(actor.organisation, (tx) => logAction(tx, clock, actor, action, name))
}
