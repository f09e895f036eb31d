import type { NewOrganisation, Organisation } from '#contract/places.ts'
import type { Application } from '#http/application.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import { timeZoneNamed } from '#policy/time-zone.ts'
import { insertAccessToken } from '#store/access-tokens.ts'
import {
  insertOrganisation,
  type OrganisationRow,
  ownOrganisation,
  setOrganisation,
} from '#store/organisations.ts'
import { insertPerson } from '#store/people.ts'
import { identityOfPerson, linkIdentity } from '#store/person-identities.ts'
import { logAction } from '#tasks/log-action.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { ownersOfTheServer } from '../server-owners.ts'

/** Organisations on one server know nothing of each other. */
export function organisationUseCases(
  workshop: Workshop,
): Pick<Application, 'showOrganisation' | 'setOrganisation' | 'createOrganisation'> {
  const { store, clock } = workshop
  return {
    showOrganisation: async ({ organisation }) => {
      const row = await store.inOrganisation(organisation, ownOrganisation)
      if (row === undefined) throw new Error('whoever asks is of an organisation')
      return ok(organisationView(row))
    },

    setOrganisation: async (actor, { name, timeZone: wanted }) => {
      const timeZone = wanted === undefined ? undefined : timeZoneNamed(wanted)
      if (wanted !== undefined && timeZone === undefined) return noSuchZone(wanted)
      return store.inOrganisation(actor.organisation, async (tx) => {
        const before = await ownOrganisation(tx)
        const row = await setOrganisation(tx, {
          ...(name === undefined ? {} : { name }),
          ...(timeZone === undefined ? {} : { timeZone }),
        })
        await logAction(tx, clock, actor, 'organisation.changed', actor.organisation, {
          before: { name: before?.name ?? '', timeZone: before?.timeZone ?? '' },
          after: { name: row.name, timeZone: row.timeZone },
        })
        return ok(organisationView(row))
      })
    },

    createOrganisation: async (actor, { name, timeZone: wanted }) => {
      const timeZone = timeZoneNamed(wanted)
      if (timeZone === undefined) return noSuchZone(wanted)
      await ownersOfTheServer(workshop)
      const made = await make(workshop, actor, { name, timeZone })
      await store.inOrganisation(actor.organisation, (tx) =>
        logAction(tx, clock, actor, 'organisation.created', made.organisation.id, { name }),
      )
      return ok(made)
    },
  }
}

/** With its first owner: whoever asked for it, who signs in there as everywhere. */
async function make(
  { store, clock, random }: Workshop,
  actor: Actor,
  settings: { readonly name: string; readonly timeZone: string },
): Promise<NewOrganisation> {
  const organisation = newId('org', random)
  const person = { id: newId('usr', random), name: actor.person.name, email: actor.person.email }
  const token = newToken(random)
  const createdAt = instantOf(clock())
  const identity = await store.inOrganisation(actor.organisation, (tx) =>
    identityOfPerson(tx, actor.person.id),
  )
  return store.inOrganisation(organisation, async (tx) => {
    const row = await insertOrganisation(tx, { ...settings, createdAt })
    await insertPerson(tx, { ...person, role: 'owner', createdAt })
    await insertAccessToken(tx, { hash: tokenHash(token), person: person.id, createdAt })
    if (identity !== undefined) await linkIdentity(tx, { identity, person: person.id, createdAt })
    const owner = memberOf(organisation, person, 'owner')
    await logAction(tx, clock, owner, 'organisation.created', organisation, { owner: person.id })
    return {
      organisation: organisationView(row),
      owner: { ...person, role: 'owner', createdAt },
      token,
    }
  })
}

function organisationView({ organisation, name, timeZone, createdAt }: OrganisationRow): Organisation {
  return { id: organisation, name, timeZone, createdAt }
}

function noSuchZone(name: string): Result<never> {
  return refused({
    code: 'invalid_input',
    rule: 'organisation.time-zone',
    message: `There is no time zone ${name}.`,
    remedy: 'Give an IANA name such as Europe/Berlin or America/New_York, or UTC.',
  })
}
