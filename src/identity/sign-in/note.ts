import { encodeEntry } from '#audit/entry.ts'
import type { Json } from '#kernel/canonical-json.ts'
import { instantOf } from '#kernel/instant.ts'
import { appendEntries } from '#store/audit-log.ts'
import type { PersonRow } from '#store/people.ts'
import { personOfIdentity } from '#store/person-identities.ts'
import type { Tx } from '#store/schema.ts'
import type { SignInParts } from './parts.ts'

export interface Act {
  readonly organisation: string
  /** Who did it; left out where the server did. */
  readonly person?: string
  readonly action: string
  readonly subject: string
  readonly data?: { readonly [key: string]: Json }
}

/** Writes an act into the audit log of an organisation, in the transaction that does it. */
export async function note(tx: Tx, { clock }: SignInParts, act: Act): Promise<void> {
  const { organisation, person, action, subject, data = {} } = act
  const actor =
    person === undefined
      ? ({ kind: 'system', id: 'airlock' } as const)
      : ({ kind: 'person', id: person } as const)
  await appendEntries(tx, [
    encodeEntry({ version: 1, organisation, at: instantOf(clock()), actor, action, subject, data }),
  ])
}

export interface Membership {
  readonly organisation: string
  readonly person: PersonRow
}

/** Where somebody who signed in is a member now. */
export async function membershipsOf(
  { store }: SignInParts,
  identity: string,
): Promise<readonly Membership[]> {
  const found: Membership[] = []
  for (const organisation of await store.organisationsOfIdentity(identity)) {
    const person = await store.inOrganisation(organisation, (tx) => personOfIdentity(tx, identity))
    if (person !== undefined) found.push({ organisation, person })
  }
  return found
}

/** Writes what somebody did with their own sign-in into the log of every organisation they belong to. */
export async function noteEverywhere(
  parts: SignInParts,
  identity: string,
  action: string,
  data: Act['data'] = {},
  by: 'person' | 'system' = 'person',
): Promise<void> {
  for (const { organisation, person } of await membershipsOf(parts, identity))
    await parts.store.inOrganisation(organisation, (tx) =>
      note(tx, parts, {
        organisation,
        ...(by === 'person' ? { person: person.id } : {}),
        action,
        subject: person.id,
        data,
      }),
    )
}
