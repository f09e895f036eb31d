import type { ServiceAccount } from '#contract/sign-in.ts'
import type { Application } from '#http/application.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { organisationPlace } from '#policy/place.ts'
import { endBindings, strongestHeld } from '#store/role-bindings.ts'
import {
  insertServiceAccount,
  listServiceAccounts,
  removeServiceAccount,
  type ServiceAccountRow,
  serviceAccountByReference,
} from '#store/service-accounts.ts'
import { deleteMemberships } from '#store/teams.ts'
import { logAction } from '#tasks/log-action.ts'
import { permit } from '#tasks/permit.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { endedForLog } from './ended-for-log.ts'

/** Programs that ask in their own name: given a role as people are, by those who could give it to a person. */
export function serviceAccountUseCases(
  workshop: Workshop,
): Pick<Application, 'listServiceAccounts' | 'createServiceAccount' | 'removeServiceAccount'> {
  const { store, clock, random } = workshop
  return {
    listServiceAccounts: (actor) =>
      store.inOrganisation(actor.organisation, async (tx) =>
        ok({ items: (await listServiceAccounts(tx)).map(view) }),
      ),

    createServiceAccount: async (actor, { name, role }) => {
      const place = organisationPlace(actor.organisation)
      const facts = { givenRole: role }
      const allowed = await permit(workshop, { actor, action: 'service-account.create', place, facts })
      if (!allowed.ok) return allowed
      return store.inOrganisation(actor.organisation, async (tx) => {
        const createdAt = instantOf(clock())
        const made = { id: newId('sva', random), name, role, createdBy: actor.person, createdAt }
        const account = await insertServiceAccount(tx, made)
        if (account === undefined)
          return refused({
            code: 'conflict',
            rule: 'service-account.name',
            message: `There is a service account ${name} already.`,
            remedy: 'Choose another name.',
          })
        await logAction(tx, clock, actor, 'service-account.created', account.id, { role })
        return ok(view(account))
      })
    },

    removeServiceAccount: async (actor, reference) => {
      const { organisation } = actor
      const found = await store.inOrganisation(organisation, async (tx) => {
        const account = await serviceAccountByReference(tx, reference)
        return account && { account, strongest: await strongestHeld(tx, account) }
      })
      if (found === undefined) return noServiceAccount(reference)
      const { account, strongest } = found
      const place = organisationPlace(organisation)
      const facts = { givenRole: strongest }
      const allowed = await permit(workshop, { actor, action: 'service-account.remove', place, facts })
      if (!allowed.ok) return allowed
      return store.inOrganisation(organisation, async (tx) => {
        const at = instantOf(clock())
        await removeServiceAccount(tx, account.id, at)
        const ended = await endBindings(tx, { subject: account.id }, at)
        await deleteMemberships(tx, account.id)
        const roles = { role: account.role, ended: endedForLog(ended) }
        await logAction(tx, clock, actor, 'service-account.removed', account.id, roles)
        return ok(undefined)
      })
    },
  }
}

export function noServiceAccount(reference: string): Result<never> {
  return refused({
    code: 'not_found',
    message: `There is no service account ${reference}.`,
    remedy: 'See `airlock service-accounts list`.',
  })
}

function view({ id, name, role, createdAt }: ServiceAccountRow): ServiceAccount {
  return { id, name, role, createdAt }
}
