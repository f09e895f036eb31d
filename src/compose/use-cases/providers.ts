import type { ProviderView } from '#contract/api.ts'
import { checkProvider } from '#gateway/check-provider.ts'
import type { KnownProvider } from '#gateway/provider-directory.ts'
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
): Pick<Application, 'listProviders' | 'addProvider' | 'removeProvider'> {
  const { providers, clock } = workshop
  return {
    listProviders: async () => ok({ items: (await providers.list()).map(providerView) }),

    addProvider: async (actor, request) => {
      const provider = { ...request, key: request.key === '' ? NO_KEY : request.key }
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
  }
}

function providerView({ name, protocol, baseUrl, models, source, createdAt }: KnownProvider): ProviderView {
  return {
    name,
    protocol,
    baseUrl,
    models: [...models],
    source,
    ...(createdAt === undefined ? {} : { createdAt }),
  }
}

async function logged({ store, clock }: Workshop, actor: Actor, action: string, name: string): Promise<void> {
  await store.inOrganisation(actor.organisation, (tx) => logAction(tx, clock, actor, action, name))
}
