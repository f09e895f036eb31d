import { encodeEntry } from '#audit/entry.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { serverPlace } from '#policy/place.ts'
import { appendEntries } from '#store/audit-log.ts'
import { ownersOf } from '#store/people.ts'
import { insertRoleBinding, lockServerOwners, SYSTEM_GIVER } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import type { Workshop } from '#tasks/workshop.ts'

type Parts = Pick<Workshop, 'clock' | 'random'>

/**
 * While a server has one organisation, its owners are owners of the server. Before it gets another one they are made so by
 * name, so that nobody becomes one by being an owner of the other.
 */
export async function ownersOfTheServer({
  store,
  clock,
  random,
}: Parts & Pick<Workshop, 'store'>): Promise<void> {
  const [organisation, ...others] = await store.organisations()
  if (organisation === undefined || others.length > 0) return
  await store.inOrganisation(organisation, async (tx) => {
    if ((await lockServerOwners(tx)).length > 0) return
    for (const person of await ownersOf(tx))
      await makeServerOwner(tx, { clock, random }, organisation, person)
  })
}

export async function makeServerOwner(
  tx: Tx,
  { clock, random }: Parts,
  organisation: string,
  person: string,
): Promise<void> {
  const at = instantOf(clock())
  const { kind, id } = serverPlace()
  await insertRoleBinding(tx, {
    id: newId('bnd', random),
    ...{ subjectKind: 'person', subject: person, role: 'owner', at: { kind, id } },
    ...{ givenBy: SYSTEM_GIVER, givenAt: at },
  })
  await appendEntries(tx, [
    encodeEntry({
      version: 1,
      organisation,
      at,
      actor: { kind: 'system', id: SYSTEM_GIVER.id },
      action: 'role.granted',
      subject: person,
      data: { kind: 'person', at: 'Server server', before: '', after: 'owner' },
    }),
  ])
}
