import type { Member } from '#contract/api.ts'
import type { Application } from '#http/application.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import type { Failure } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import type { Question } from '#policy/decide.ts'
import { organisationPlace, serverPlace } from '#policy/place.ts'
import type { Role } from '#policy/role.ts'
import { insertAccessToken } from '#store/access-tokens.ts'
import { insertPerson, listPeople, type PersonRow, personById, removePerson } from '#store/people.ts'
import { endBindings, strongestHeld } from '#store/role-bindings.ts'
import { deleteMemberships } from '#store/teams.ts'
import { logAction } from '#tasks/log-action.ts'
import { permit } from '#tasks/permit.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { endedForLog } from './ended-for-log.ts'
import { isLastOwner, lastOwner } from './last-owner.ts'

/** Who belongs to the organisation. Somebody new gets a token that is shown once. */
export function peopleUseCases(
  workshop: Workshop,
): Pick<Application, 'listPeople' | 'addPerson' | 'removePerson'> {
  const { store, clock, random } = workshop
  return {
    listPeople: (actor, { cursor, limit }) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const rows = await listPeople(tx, { after: cursor, limit: limit + 1 })
        const items = rows.slice(0, limit).map(memberView)
        const last = items.at(-1)
        return ok(rows.length > limit && last !== undefined ? { items, next: last.id } : { items })
      }),

    addPerson: async (actor, request) => {
      const allowed = await permit(workshop, givingRole(actor, 'person.create', request.role))
      if (!allowed.ok) return allowed
      return store.inOrganisation(actor.organisation, async (tx) => {
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
      })
    },

    removePerson: async (actor, id) => {
      const found = await store.inOrganisation(actor.organisation, async (tx) => {
        const person = await personById(tx, id)
        return person && { person, strongest: await strongestHeld(tx, person) }
      })
      if (found === undefined || found.person.removedAt !== null) return refused(nobody(id))
      const { person, strongest } = found
      const allowed = await permit(workshop, givingRole(actor, 'person.remove', strongest))
      if (!allowed.ok) return allowed
      const alone = (await store.organisations()).length === 1
      return store.inOrganisation(actor.organisation, async (tx) => {
        const subject = { ...person, kind: 'person' } as const
        for (const at of OWNED) if (await isLastOwner(tx, subject, at, alone)) return lastOwner(subject, at)
        const at = instantOf(clock())
        if (!(await removePerson(tx, id, at))) return refused(nobody(id))
        const ended = await endBindings(tx, { subject: id }, at)
        await deleteMemberships(tx, id)
        const roles = { role: person.role, ended: endedForLog(ended) }
        await logAction(tx, clock, actor, 'person.removed', id, roles)
        return ok(undefined)
      })
    },
  }
}

/** Where somebody has to be an owner. */
const OWNED = [serverPlace(), { kind: 'Organisation', id: '' }] as const

function givingRole(actor: Actor, action: 'person.create' | 'person.remove', givenRole: Role): Question {
  return { actor, action, place: organisationPlace(actor.organisation), facts: { givenRole } }
}

function nobody(id: string): Failure {
  return {
    code: 'not_found',
    message: `There is nobody here with the id ${id}.`,
    remedy: 'See `airlock people list`.',
  }
}

function memberView({ id, name, email, role, createdAt }: PersonRow): Member {
  return { id, name, email, role, createdAt }
}
