import { type Clock, instantOf } from '#kernel/instant.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import type { Store } from '#store/database.ts'
import { personOfIdentity } from '#store/person-identities.ts'
import { bindingsOf } from '#store/role-bindings.ts'
import { identityOfSession } from '#store/sign-in/sessions.ts'

/**
 * Whom a session stands for, asked anew each time: one that was ended, and a person who was removed or given another role,
 * count as they are now. In the organisation that is named, else in the first they belong to.
 */
export async function actorOfSession(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  token: string,
  wanted: string | undefined,
): Promise<Actor | undefined> {
  const identity = await identityOfSession(store.identity, token, instantOf(clock()))
  if (identity === undefined) return undefined
  const organisations = await store.organisationsOfIdentity(identity)
  for (const organisation of organisations) {
    if (wanted !== undefined && wanted !== organisation) continue
    const actor = await store.inOrganisation(organisation, async (tx) => {
      const person = await personOfIdentity(tx, identity)
      if (person === undefined) return undefined
      const { id, name, email, role } = person
      return {
        ...memberOf(organisation, { id, name, email }, role, await bindingsOf(tx, id)),
        channel: 'portal',
      }
    })
    if (actor !== undefined) return actor
  }
  return undefined
}
