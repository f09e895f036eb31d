import { encodeEntry } from '#audit/entry.ts'
import type { Json } from '#kernel/canonical-json.ts'
import { type Clock, instantOf } from '#kernel/instant.ts'
import type { Actor } from '#policy/actor.ts'
import { appendEntries } from '#store/audit-log.ts'
import type { Tx } from '#store/schema.ts'

/** Logs what a person did, in the transaction that does it. For everything that is not a move of a task's life. */
export async function logAction(
  tx: Tx,
  clock: Clock,
  actor: Actor,
  action: string,
  subject: string,
  data: { readonly [key: string]: Json } = {},
): Promise<void> {
  await appendEntries(tx, [
    encodeEntry({
      version: 1,
      organisation: actor.organisation,
      at: instantOf(clock()),
      actor: { kind: 'person', id: actor.person.id },
      action,
      subject,
      data,
    }),
  ])
}
