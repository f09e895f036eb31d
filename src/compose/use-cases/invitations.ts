import { z } from 'zod'
import type { Invitation } from '#contract/sign-in.ts'
import type { Application } from '#http/application.ts'
import {
  INVITATION_MILLISECONDS,
  invitationAddress,
  newInvitationLink,
} from '#identity/sign-in/invitation-link.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, refused } from '#kernel/result.ts'
import { organisationPlace } from '#policy/place.ts'
import {
  type InvitationRow,
  insertInvitation,
  invitationById,
  listInvitations,
  revokeInvitations,
} from '#store/invitations.ts'
import { personByReference } from '#store/people.ts'
import { hasIdentity } from '#store/person-identities.ts'
import { strongestHeld } from '#store/role-bindings.ts'
import { logAction } from '#tasks/log-action.ts'
import { decisionForLog, permit } from '#tasks/permit.ts'
import type { Workshop } from '#tasks/workshop.ts'
import type { SignInDesk } from '../sign-in.ts'

/** Letting people in: a link that is shown once, to be given to them by whoever invites. */
export function invitationUseCases(
  workshop: Workshop,
  signIn: SignInDesk,
): Pick<Application, 'invitePerson' | 'listInvitations' | 'revokeInvitation'> {
  const { store, clock, random } = workshop
  return {
    invitePerson: async (actor, { name, email: reference, role: wanted }) => {
      const { organisation } = actor
      const known = await store.inOrganisation(organisation, async (tx) => {
        const person = await personByReference(tx, reference)
        return (
          person && {
            person,
            strongest: await strongestHeld(tx, person),
            signsIn: await hasIdentity(tx, person.id),
          }
        )
      })
      if (known?.signsIn)
        return refused({
          code: 'conflict',
          rule: 'people.email',
          message: `Somebody here signs in with the address ${reference} already.`,
          remedy: 'Remove them first, or use another address.',
        })
      const email = known?.person.email ?? reference
      if (known === undefined && !z.email().safeParse(email).success)
        return refused({
          code: 'invalid_input',
          rule: 'people.email',
          message: 'This is neither the e-mail address of somebody new nor a member.',
          remedy: 'Give an address such as grace@example.org.',
        })
      const role = known?.person.role ?? wanted
      const place = organisationPlace(organisation)
      const allowed = await permit(workshop, {
        actor,
        action: 'person.invite',
        place,
        facts: { givenRole: known?.strongest ?? role },
      })
      if (!allowed.ok) return allowed
      const now = clock()
      const createdAt = instantOf(now)
      const link = newInvitationLink(organisation, random)
      const invitation = await store.inOrganisation(organisation, async (tx) => {
        await revokeInvitations(tx, { email }, createdAt)
        const row = await insertInvitation(tx, {
          id: newId('inv', random),
          hash: link.hash,
          ...(known === undefined ? {} : { person: known.person.id }),
          name: known?.person.name ?? name,
          email,
          role,
          invitedBy: actor.person,
          createdAt,
          expiresAt: instantOf(now + INVITATION_MILLISECONDS),
        })
        await logAction(tx, clock, actor, 'invitation.created', row.id, {
          role,
          ...decisionForLog(allowed.value),
        })
        return row
      })
      return ok({ invitation: view(invitation), url: invitationAddress(signIn.origin(), link) })
    },

    listInvitations: (actor) =>
      store.inOrganisation(actor.organisation, async (tx) =>
        ok({ items: (await listInvitations(tx, instantOf(clock()))).map(view) }),
      ),

    revokeInvitation: async (actor, id) => {
      const at = instantOf(clock())
      const row = await store.inOrganisation(actor.organisation, (tx) => invitationById(tx, id, at))
      if (row === undefined)
        return refused({
          code: 'not_found',
          message: `There is no open invitation ${id}.`,
          remedy: 'See `airlock people invitations`.',
        })
      const place = organisationPlace(actor.organisation)
      const facts = { givenRole: row.role }
      const allowed = await permit(workshop, { actor, action: 'invitation.revoke', place, facts })
      if (!allowed.ok) return allowed
      return store.inOrganisation(actor.organisation, async (tx) => {
        await revokeInvitations(tx, { id }, at)
        await logAction(tx, clock, actor, 'invitation.revoked', id)
        return ok(undefined)
      })
    },
  }
}

function view({ id, name, email, role, createdAt, expiresAt }: InvitationRow): Invitation {
  return { id, name, email, role, createdAt, expiresAt }
}
