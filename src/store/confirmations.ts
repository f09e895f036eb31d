import type { Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Question } from '#policy/decide.ts'
import { json, storableText } from './column.ts'
import type { ConfirmationsTable } from './confirmations-schema.ts'
import type { Tx } from './schema.ts'

export type ConfirmationRow = Selectable<ConfirmationsTable>

export interface NewConfirmation extends Pick<Question, 'action' | 'place' | 'facts'> {
  readonly id: string
  readonly digest: string
  readonly about: string
  readonly askedBy: Person
  readonly askedAt: Instant
  readonly expiresAt: Instant
}

export function insertConfirmation(tx: Tx, asked: NewConfirmation): Promise<ConfirmationRow> {
  const { place, facts, askedBy } = asked
  return tx
    .insertInto('confirmations')
    .values({
      ...asked,
      about: storableText(asked.about),
      place: json(place),
      facts: json(facts),
      askedBy: json(askedBy),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** One that was not used and is in time, by the question it is about. */
export function standingConfirmation(
  tx: Tx,
  digest: string,
  at: Instant,
): Promise<ConfirmationRow | undefined> {
  return standing(tx, at).where('digest', '=', digest).orderBy('askedAt', 'desc').executeTakeFirst()
}

export function confirmationById(tx: Tx, id: string, at: Instant): Promise<ConfirmationRow | undefined> {
  return standing(tx, at).where('id', '=', id).executeTakeFirst()
}

/** Those that wait for somebody, the oldest first. At most 200. */
export function waitingConfirmations(tx: Tx, at: Instant): Promise<ConfirmationRow[]> {
  return standing(tx, at).where('givenAt', 'is', null).orderBy('askedAt').limit(200).execute()
}

/** False when somebody else was first. */
export async function giveConfirmation(
  tx: Tx,
  id: string,
  given: { readonly by: Person; readonly at: Instant; readonly until: Instant },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('confirmations')
    .set({ givenBy: json(given.by), givenAt: given.at, expiresAt: given.until })
    .where('id', '=', id)
    .where('givenAt', 'is', null)
    .where('usedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Of two who use it at the same moment, one is told true. */
export async function useConfirmation(tx: Tx, id: string, usedAt: Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('confirmations')
    .set({ usedAt, about: '' })
    .where('id', '=', id)
    .where('givenAt', 'is not', null)
    .where('usedAt', 'is', null)
    .where('expiresAt', '>', usedAt)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Ends what somebody asked for and nobody confirmed yet, but for the newest of it: nobody hides what others asked for. */
export async function endOldestWaiting(tx: Tx, asker: string, at: Instant, keep: number): Promise<void> {
  const waiting = standing(tx, at)
    .where('givenAt', 'is', null)
    .where((column) => column(column.ref('askedBy', '->>').key('id'), '=', asker))
  const oldest = await waiting.orderBy('askedAt', 'desc').orderBy('id').offset(keep).execute()
  if (oldest.length === 0) return
  await tx
    .updateTable('confirmations')
    .set({ expiresAt: at })
    .where(
      'id',
      'in',
      oldest.map(({ id }) => id),
    )
    .execute()
}

/** What was asked is told to whoever may confirm it, and is nobody's to read when that is over. */
export async function forgetConfirmations(tx: Tx, before: Instant): Promise<void> {
  await tx
    .updateTable('confirmations')
    .set({ about: '', facts: json({}) })
    .where('expiresAt', '<', before)
    .where('about', '<>', '')
    .execute()
}

function standing(tx: Tx, at: Instant) {
  return tx.selectFrom('confirmations').selectAll().where('usedAt', 'is', null).where('expiresAt', '>', at)
}
