import type { Selectable } from 'kysely'
import type { FileChange, PatchSummary, UndoneChange } from '#contract/patch.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { PatchesTable, Tx } from './schema.ts'

/** A patch without its bytes. */
export type PatchRow = Omit<Selectable<PatchesTable>, 'bytes'>

export interface NewPatch {
  readonly id: string
  readonly task: string
  readonly attempt: number
  readonly base: string
  readonly tree: string
  readonly digest: string
  readonly bytes: Uint8Array
  readonly files: readonly FileChange[]
  readonly undone: readonly UndoneChange[]
  readonly origin: PatchSummary['origin']
  readonly createdAt: Instant
}

export async function insertPatch(tx: Tx, patch: NewPatch): Promise<void> {
  await tx
    .insertInto('patches')
    .values({
      ...patch,
      bytes: Buffer.from(patch.bytes),
      size: patch.bytes.byteLength,
      files: json(patch.files),
      undone: json(patch.undone),
    })
    .execute()
}

export function patchById(tx: Tx, id: string): Promise<PatchRow | undefined> {
  return tx.selectFrom('patches').select(SUMMARY).where('id', '=', id).executeTakeFirst()
}

export async function patchesByIds(tx: Tx, ids: readonly string[]): Promise<PatchRow[]> {
  if (ids.length === 0) return []
  return tx.selectFrom('patches').select(SUMMARY).where('id', 'in', ids).execute()
}

/** The newest patch of that task with that digest. */
export function patchByDigest(tx: Tx, task: string, digest: string): Promise<PatchRow | undefined> {
  return tx
    .selectFrom('patches')
    .select(SUMMARY)
    .where('task', '=', task)
    .where('digest', '=', digest)
    .orderBy('createdAt', 'desc')
    .executeTakeFirst()
}

/** What the attempt's patch was before it became this one. */
export function patchBefore(
  tx: Tx,
  { id, task, attempt, createdAt }: PatchRow,
): Promise<PatchRow | undefined> {
  return tx
    .selectFrom('patches')
    .select(SUMMARY)
    .where('task', '=', task)
    .where('attempt', '=', attempt)
    .where('createdAt', '<=', createdAt)
    .where('id', '!=', id)
    .orderBy('createdAt', 'desc')
    .executeTakeFirst()
}

export async function patchBytes(tx: Tx, id: string): Promise<Uint8Array | undefined> {
  const row = await tx.selectFrom('patches').select('bytes').where('id', '=', id).executeTakeFirst()
  return row?.bytes
}

export function summaryOf(patch: PatchRow): PatchSummary {
  const { id, base, tree, digest, size, files, undone, origin } = patch
  return { id, base, tree, digest, bytes: size, files: [...files], undone: [...undone], origin }
}

const SUMMARY = [
  'organisation',
  'id',
  'task',
  'attempt',
  'base',
  'tree',
  'digest',
  'size',
  'files',
  'undone',
  'origin',
  'createdAt',
] as const
