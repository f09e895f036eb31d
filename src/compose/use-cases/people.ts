import { encodeEntry } from '#audit/entry.ts'
import type { Member } from '#contract/api.ts'
import type { Application } from '#http/application.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import type { Json } from '#kernel/canonical-json.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { insertAccessToken } from '#store/access-tokens.ts'
import { appendEntries } from '#store/audit-log.ts'
import {
  countPeople,
  insertPerson,
  listPeople,
  type PersonRow,
  personById,
  removePerson,
} from '#store/people.ts'
import type { Tx } from '#store/schema.ts'
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
        await logged(tx, actor, createdAt, 'person.added', person.id, { role: person.role })
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
        if (person.role === 'owner' && (await countPeople(tx, ['owner'])) === 1)
          return refused({
            code: 'conflict',
            rule: 'people.last-owner',
            message: `${person.name} is the last owner.`,
            remedy: 'Add another owner first.',
          })
        const at = instantOf(clock())
        await removePerson(tx, id, at)
        await logged(tx, actor, at, 'person.removed', id, {})
        return ok(undefined)
      }),
  }
}

function memberView({ id, name, email, role, createdAt }: PersonRow): Member {
  return { id, name, email, role, createdAt }
}

async function logged(
  tx: Tx,
  actor: Actor,
  at: string,
  action: string,
  subject: string,
  data: { readonly [key: string]: Json },
): Promise<void> {
  const by = { kind: 'person', id: actor.person.id } as const
  const entry = {
    version: 1,
    organisation: actor.organisation,
    at,
    actor: by,
    action,
    subject,
    data,
  } as const
  await appendEntries(tx, [encodeEntry(entry)])
}
