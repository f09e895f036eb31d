import type { Selectable } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Role } from '#policy/role.ts'
import { json } from './column.ts'
import type { Tx } from './schema.ts'
import type { InvitationsTable } from './sign-in-schema.ts'

export type InvitationRow = Selectable<InvitationsTable>

export interface NewInvitation {
  readonly id: string
  readonly hash: Uint8Array
  readonly person?: string
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly invitedBy?: Person
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export async function insertInvitation(tx: Tx, invitation: NewInvitation): Promise<InvitationRow> {
  const { invitedBy, ...columns } = invitation
  return tx
    .insertInto('invitations')
    .values({
      ...columns,
      hash: Buffer.from(invitation.hash),
      invitedBy: invitedBy === undefined ? null : json(invitedBy),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** One that can still be accepted, by the hash of its secret. */
export function openInvitation(tx: Tx, hash: Uint8Array, at: Instant): Promise<InvitationRow | undefined> {
  return openOnes(tx, at).where('hash', '=', Buffer.from(hash)).executeTakeFirst()
}

export function invitationById(tx: Tx, id: string, at: Instant): Promise<InvitationRow | undefined> {
  return openOnes(tx, at).where('id', '=', id).executeTakeFirst()
}

/** Those that can still be accepted, the newest first. At most 200. */
export function listInvitations(tx: Tx, at: Instant): Promise<InvitationRow[]> {
  return openOnes(tx, at).orderBy('createdAt', 'desc').limit(200).execute()
}

/** The newest open invitation of an address to somebody who is no member yet. */
export function invitationFor(tx: Tx, email: string, at: Instant): Promise<InvitationRow | undefined> {
  return openOnes(tx, at)
    .where((column) => column(column.fn<string>('lower', ['email']), '=', email.toLowerCase()))
    .where('person', 'is', null)
    .orderBy('createdAt', 'desc')
    .executeTakeFirst()
}

/** Of two who accept it at the same moment, one is told true. */
export async function useInvitation(tx: Tx, id: string, usedAt: Instant): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('invitations')
    .set({ usedAt })
    .where('id', '=', id)
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', usedAt)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Takes back whatever is still open for an address: the newest invitation is the only one. */
export async function revokeInvitations(
  tx: Tx,
  which: { readonly id: string } | { readonly email: string },
  revokedAt: Instant,
): Promise<void> {
  const change = tx
    .updateTable('invitations')
    .set({ revokedAt })
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
  await ('id' in which
    ? change.where('id', '=', which.id)
    : change.where((column) => column(column.fn<string>('lower', ['email']), '=', which.email.toLowerCase()))
  ).execute()
}

function openOnes(tx: Tx, at: Instant) {
  return tx
    .selectFrom('invitations')
    .selectAll()
    .where('usedAt', 'is', null)
    .where('revokedAt', 'is', null)
    .where('expiresAt', '>', at)
}
