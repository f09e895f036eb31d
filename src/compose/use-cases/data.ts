import type { Retention } from '#contract/data.ts'
import type { Application } from '#http/application.ts'
import { utf8 } from '#kernel/bytes.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type About, exportPage, partsAbout } from '#store/data-export.ts'
import { erasePerson, forgetIdentity } from '#store/erasure.ts'
import { ownOrganisation, setRetention } from '#store/organisations.ts'
import { personById } from '#store/people.ts'
import { identityOfPerson } from '#store/person-identities.ts'
import { eraseTask } from '#tasks/erase.ts'
import { logAction } from '#tasks/log-action.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** What is kept of tasks and people: how long, to take along, and to be forgotten. */
export function dataUseCases(
  workshop: Workshop,
): Pick<
  Application,
  'retention' | 'setRetention' | 'exportTask' | 'eraseTask' | 'exportPerson' | 'erasePerson'
> {
  const { store, clock } = workshop
  return {
    retention: (actor) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const own = await ownOrganisation(tx)
        if (own === undefined) throw new Error('an actor has an organisation')
        return ok({ taskDays: own.taskDays, decisionDays: own.decisionDays })
      }),

    setRetention: (actor, wanted) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const before = await ownOrganisation(tx)
        await setRetention(tx, wanted)
        await logAction(tx, clock, actor, 'retention.set', actor.organisation, {
          before: { taskDays: before?.taskDays ?? null, decisionDays: before?.decisionDays ?? null },
          after: { ...wanted },
        })
        return ok<Retention>(wanted)
      }),

    exportTask: async (actor, reference) => {
      const task = await findTask(store, actor.organisation, reference)
      if (!task.ok) return task
      await store.inOrganisation(actor.organisation, (tx) =>
        logAction(tx, clock, actor, 'task.exported', task.value.id),
      )
      return ok(exported(workshop, actor.organisation, { task: task.value.id }))
    },

    eraseTask: async (actor, reference, { evidence }) => {
      const task = await findTask(store, actor.organisation, reference)
      if (!task.ok) return task
      const by = { kind: 'person', id: actor.person.id } as const
      return eraseTask(workshop, by, task.value, evidence === 'erase')
    },

    exportPerson: async (actor, id) => {
      const known = await store.inOrganisation(actor.organisation, async (tx) => {
        const person = await personById(tx, id)
        if (person !== undefined) await logAction(tx, clock, actor, 'person.exported', id)
        return person
      })
      if (known === undefined) return nobody(id)
      return ok(exported(workshop, actor.organisation, { person: id }))
    },

    erasePerson: async (actor, id) => {
      const erased = await store.inOrganisation(
        actor.organisation,
        async (tx): Promise<Result<string | undefined>> => {
          const person = await personById(tx, id)
          if (person === undefined) return nobody(id)
          if (person.removedAt === null)
            return refused({
              code: 'conflict',
              rule: 'data.removed-people',
              message: `${person.name} is still a member.`,
              remedy: `Remove them first: airlock people remove ${id}.`,
            })
          const identity = await identityOfPerson(tx, id)
          await erasePerson(tx, id)
          await logAction(tx, clock, actor, 'person.erased', id)
          return ok(identity)
        },
      )
      if (!erased.ok) return erased
      const identity = erased.value
      // Somebody known elsewhere on this server still signs in there.
      if (identity !== undefined && (await store.organisationsOfIdentity(identity)).length === 0)
        await forgetIdentity(store.identity, identity)
      return ok(undefined)
    },
  }
}

/** Line by line, each a JSON object with a table and a row of it; no more than a page is held at once. */
async function* exported(
  { store }: Workshop,
  organisation: string,
  about: About,
): AsyncGenerator<Uint8Array> {
  for (const part of await store.inOrganisation(organisation, (tx) => partsAbout(tx, about))) {
    let after: string | undefined
    do {
      const from = after
      const page = await store.inOrganisation(organisation, (tx) => exportPage(tx, part, from))
      yield utf8(page.rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
      after = page.next
    } while (after !== undefined)
  }
}

function nobody(id: string): Result<never> {
  return refused({
    code: 'not_found',
    message: `There never was anybody here with the id ${id}.`,
    remedy: 'See `airlock people list`, or the audit log for somebody who was removed.',
  })
}
