import type { Application } from '#http/application.ts'
import { newResetLink, RESET_MILLISECONDS, resetAddress } from '#identity/sign-in/reset-link.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { organisationPlace } from '#policy/place.ts'
import { insertPasswordReset } from '#store/password-resets.ts'
import { personByReference } from '#store/people.ts'
import { identityOfPerson } from '#store/person-identities.ts'
import { strongestHeld } from '#store/role-bindings.ts'
import { logAction } from '#tasks/log-action.ts'
import { decisionForLog, permit } from '#tasks/permit.ts'
import type { Workshop } from '#tasks/workshop.ts'
import type { SignInDesk } from '../sign-in.ts'

/** For a member who forgot their password: a link that is shown once, to be given to them. */
export function passwordResetUseCases(
  workshop: Workshop,
  signIn: SignInDesk,
): Pick<Application, 'resetPassword'> {
  const { store, clock, random } = workshop
  return {
    resetPassword: async (actor, reference, { secondFactor }) => {
      const { organisation } = actor
      const found = await store.inOrganisation(organisation, async (tx) => {
        const person = await personByReference(tx, reference)
        if (person === undefined) return undefined
        const strongest = await strongestHeld(tx, person)
        return { person, strongest, identity: await identityOfPerson(tx, person.id) }
      })
      if (found === undefined)
        return refused({
          code: 'not_found',
          message: `There is nobody here called ${reference.slice(0, 100)}.`,
          remedy: 'See `airlock people list`.',
        })
      const { person, strongest, identity } = found
      const allowed = await permit(workshop, {
        actor,
        action: 'person.reset-password',
        place: organisationPlace(organisation),
        facts: { givenRole: strongest },
      })
      if (!allowed.ok) return allowed
      const why =
        identity === undefined
          ? 'no-password'
          : await (await signIn.load()).whyNotReset(organisation, identity)
      if (why !== undefined) return cannotReset(why)
      const now = clock()
      const [createdAt, expiresAt] = [instantOf(now), instantOf(now + RESET_MILLISECONDS)]
      const link = newResetLink(organisation, random)
      await store.inOrganisation(organisation, async (tx) => {
        await insertPasswordReset(tx, {
          id: newId('rst', random),
          hash: link.hash,
          person: person.id,
          secondFactor,
          createdBy: actor.person,
          ...{ createdAt, expiresAt },
        })
        const data = { secondFactor, ...decisionForLog(allowed.value) }
        await logAction(tx, clock, actor, 'password.reset-begun', person.id, data)
      })
      const { id, name, email } = person
      return ok({ person: { id, name, email }, url: resetAddress(signIn.origin(), link), expiresAt })
    },
  }
}

function cannotReset(why: 'elsewhere' | 'no-password'): Result<never> {
  return refused(
    why === 'elsewhere'
      ? {
          code: 'conflict',
          rule: 'password.elsewhere',
          message:
            'They sign in to another organisation with the same password, which you do not decide about.',
          remedy: 'They can change it themselves while they are signed in.',
        }
      : {
          code: 'conflict',
          rule: 'password.none',
          message: 'They have no password here.',
          remedy: 'Invite them with `airlock people invite`, or let them use their organisation’s sign-in.',
        },
  )
}
