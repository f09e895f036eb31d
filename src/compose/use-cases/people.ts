import type { Member } from '#contract/api.ts'
import type { Application } from '#http/application.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, refused } from '#kernel/result.ts'
import { insertAccessToken } from '#store/access-tokens.ts'
import {
  insertPerson,
  listPeople,
  lockOwners,
  type PersonRow,
  personById,
  removePerson,
} from '#store/people.ts'
import { logAction } from '#tasks/log-action.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Who belongs to the organisation. Somebody new gets a token that is shown once. */
export function peopleUseCases({
  store,
  clock,
  random,
}: Workshop): Pick<Application, 'listPeople' | 'addPerson' | 'removePerson'> {
  return {
    listPeople: (actor, { cursor, limit }) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const rows = await listPeople(tx, { after: cursor, limit: limit + 1 })
        const items = rows.slice(0, limit).map(memberView)
        const last = items.at(-1)
        return ok(rows.length > limit && last !== undefined ? { items, next: last.id } : { items })
      }),

    addPerson: (actor, request) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const createdAt = instantOf(clock())
        const person = await insertPerson(tx, { id: newId('usr', random), ...request, createdAt })
        if (person === undefined)
          return refused({
            code: 'conflict',
            rule: 'people.email',
            message: `Somebody here has the address ${request.email} already.`,
            remedy: 'Remove them first, or use another address.',
          })
        const token = newToken(random)
        await insertAccessToken(tx, { hash: tokenHash(token), person: person.id, createdAt })
        await logAction(tx, clock, actor, 'person.added', person.id, { role: person.role })
        return ok({ member: memberView(person), token })
      }),

    removePerson: (actor, id) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const person = await personById(tx, id)
        if (person === undefined || person.removedAt !== null)
          return refused({
            code: 'not_found',
            message: `There is nobody here with the id ${id}.`,
            remedy: 'See `airlock people list`.',
          })
        if (person.role === 'owner' && (await lockOwners(tx)) === 1)
          return refused({
            code: 'conflict',
            rule: 'people.last-owner',
            message: `${person.name} is the last owner.`,
            remedy: 'Add another owner first.',
          })
        await removePerson(tx, id, instantOf(clock()))
        await logAction(tx, clock, actor, 'person.removed', id)
        return ok(undefined)
      }),
  }
}

function memberView({ id, name, email, role, createdAt }: PersonRow): Member {
  return { id, name, email, role, createdAt }
}
