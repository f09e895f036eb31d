import { encodeEntry } from '#audit/entry.ts'
import { tokenFile, writeToken } from '#cli/server-record.ts'
import {
  INVITATION_MILLISECONDS,
  type InvitationLink,
  newInvitationLink,
} from '#identity/sign-in/invitation-link.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import { newId, type RandomBytes } from '#kernel/ids.ts'
import { type Clock, instantOf } from '#kernel/instant.ts'
import { insertAccessToken } from '#store/access-tokens.ts'
import { appendEntries } from '#store/audit-log.ts'
import type { Store } from '#store/database.ts'
import { insertInvitation } from '#store/invitations.ts'
import { insertOrganisation } from '#store/organisations.ts'
import { insertPerson } from '#store/people.ts'
import { makeServerOwner } from './server-owners.ts'

/**
 * The first start makes the organisation and its owner, who is the server's as well: whoever started it. Their token goes to a file of mode
 * 0600 in the data directory; only its hash is in the database. Gives the link by which they also sign in with a browser,
 * once. Later starts change nothing and give none.
 */
export async function ensureOwner(
  { store, clock, random }: { store: Store; clock: Clock; random: RandomBytes },
  dataDirectory: string,
  owner: { readonly name: string; readonly email: string },
): Promise<InvitationLink | undefined> {
  if ((await store.organisations()).length > 0) return undefined
  const organisation = newId('org', random)
  const person = newId('usr', random)
  const token = newToken(random)
  const now = clock()
  const createdAt = instantOf(now)
  const link = newInvitationLink(organisation, random)
  await writeToken(tokenFile(dataDirectory), token)
  await store.inOrganisation(organisation, async (tx) => {
    await insertOrganisation(tx, { name: 'default', createdAt })
    await insertPerson(tx, { id: person, ...owner, role: 'owner', createdAt })
    await makeServerOwner(tx, { clock: () => now, random }, organisation, person)
    await insertAccessToken(tx, {
      hash: tokenHash(token),
      person,
      kind: 'cli',
      name: 'this machine',
      createdAt,
    })
    await insertInvitation(tx, {
      id: newId('inv', random),
      hash: link.hash,
      person,
      ...owner,
      role: 'owner',
      createdAt,
      expiresAt: instantOf(now + INVITATION_MILLISECONDS),
    })
    await appendEntries(tx, [
      encodeEntry({
        version: 1,
        organisation,
        at: createdAt,
        actor: { kind: 'system', id: 'airlock' },
        action: 'organisation.created',
        subject: organisation,
        data: { owner: person },
      }),
    ])
  })
  return link
}
