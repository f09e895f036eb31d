import type { Confirmation } from '#contract/confirmation.ts'
import type { Application } from '#http/application.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import type { Decision } from '#policy/decide.ts'
import { refusalOf } from '#policy/decide.ts'
import {
  type ConfirmationRow,
  confirmationById,
  giveConfirmation,
  waitingConfirmations,
} from '#store/confirmations.ts'
import { asCountedAt } from '#tasks/counted-at.ts'
import { logAction } from '#tasks/log-action.ts'
import { permit } from '#tasks/permit.ts'
import { couldDoIt } from '#tasks/second-person.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Once given, it is good for so long. */
const HOUR_MILLISECONDS = 60 * 60 * 1000

/** The word of a second person, where a rule wants two. */
export function confirmationUseCases(
  workshop: Workshop,
): Pick<Application, 'listConfirmations' | 'giveConfirmation'> {
  const { store, clock } = workshop
  return {
    listConfirmations: async (actor) => {
      const at = instantOf(clock())
      const rows = await store.inOrganisation(actor.organisation, (tx) => waitingConfirmations(tx, at))
      const items: Confirmation[] = []
      for (const row of rows)
        if (row.askedBy.id === actor.person.id || couldDoIt(await decisionFor(workshop, actor, row)))
          items.push(view(row))
      return ok({ items })
    },

    giveConfirmation: async (actor, id) => {
      const now = clock()
      const at = instantOf(now)
      const row = await store.inOrganisation(actor.organisation, (tx) => confirmationById(tx, id, at))
      const decision = row && (await decisionFor(workshop, actor, row))
      if (row === undefined || decision?.rules.some(isUnseen)) return nothing(id)
      if (row.askedBy.id === actor.person.id)
        return refused({
          code: 'permission_denied',
          rule: 'confirmation.other-person',
          message: 'You asked for it yourself: it takes somebody else.',
          remedy: `Have somebody who could do it themselves say: airlock confirm ${id}`,
        })
      if (decision === undefined || !couldDoIt(decision))
        return decision === undefined ? nothing(id) : refused(refusalOf(decision))
      const allowed = await permit(workshop, {
        actor: await asCountedAt(workshop, actor, row.place),
        action: 'confirmation.give',
        place: row.place,
        facts: {},
      })
      if (!allowed.ok) return allowed
      return store.inOrganisation(actor.organisation, async (tx) => {
        const until = instantOf(now + HOUR_MILLISECONDS)
        if (!(await giveConfirmation(tx, id, { by: actor.person, at, until }))) return nothing(id)
        await logAction(tx, clock, actor, 'confirmation.given', id, {
          action: row.action,
          place: `${row.place.kind} ${row.place.id}`,
          askedBy: row.askedBy.id,
        })
        return ok(view({ ...row, givenBy: actor.person, givenAt: at, expiresAt: until }))
      })
    },
  }
}

async function decisionFor(workshop: Workshop, actor: Actor, row: ConfirmationRow): Promise<Decision> {
  const policy = await workshop.policyOf(actor.organisation)
  const counted = await asCountedAt(workshop, actor, row.place)
  return policy.decide({ actor: counted, action: row.action, place: row.place, facts: row.facts })
}

function isUnseen({ rule, effect }: Decision['rules'][number]): boolean {
  return rule === 'role' && effect === 'deny'
}

function nothing(id: string): Result<never> {
  return refused({
    code: 'not_found',
    message: `Nothing waits for confirmation under ${id}.`,
    remedy: 'It may be over, or somebody else confirmed it: see `airlock confirm`.',
  })
}

function view(row: ConfirmationRow): Confirmation {
  const { id, action, place, facts, about, askedBy, askedAt, expiresAt, givenBy } = row
  return {
    ...{ id, action, place: `${place.kind} ${place.id}`, facts: { ...facts }, about },
    ...{ askedBy, askedAt, expiresAt },
    ...(givenBy === null ? {} : { givenBy }),
  }
}
