import { decodeEntry } from '#audit/entry.ts'
import {
  decodeFrontier,
  emptyFrontier,
  encodeFrontier,
  extend,
  type Frontier,
  leafHash,
  type NodeAddress,
  type StoredNode,
} from '#audit/merkle.ts'
import { AirlockError } from '#kernel/failure.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from './schema.ts'

/** One leaf as it was hashed. */
export interface LoggedEntry {
  readonly index: number
  readonly bytes: Uint8Array
}

/**
 * Appends canonical entries to the organisation's log, in the caller's transaction: they are there when, and only when,
 * what they tell of was committed. Others of the organisation wait from here to the commit, so call it late.
 * Throws AirlockError `verification_failed` for bytes that could not be read back as an entry.
 */
export async function appendEntries(tx: Tx, entries: readonly Uint8Array[]): Promise<Frontier> {
  let frontier = await lockFrontier(tx)
  if (entries.length === 0) return frontier
  const leaves: LoggedEntry[] = []
  const completed: StoredNode[] = []
  for (const bytes of entries) {
    leaves.push({ index: frontier.size, bytes })
    const grown = extend(frontier, leafHash(bytes))
    completed.push(...grown.completed)
    frontier = grown.frontier
  }
  await insertLeaves(tx, leaves, completed)
  await insertNodes(tx, completed)
  await tx
    .updateTable('auditLog')
    .set({ size: frontier.size, frontier: Buffer.from(encodeFrontier(frontier)) })
    .execute()
  return frontier
}

/** The log's right edge as of this transaction; empty when nothing was ever logged. */
export async function auditFrontier(tx: Tx): Promise<Frontier> {
  const row = await tx.selectFrom('auditLog').selectAll().executeTakeFirst()
  return row === undefined ? emptyFrontier : readFrontier(row.frontier, row.size)
}

/** Entries from an index on, in order, at most `limit`. */
export function entriesFrom(tx: Tx, index: number, limit: number): Promise<LoggedEntry[]> {
  return tx
    .selectFrom('auditEntries')
    .select(['index', 'bytes'])
    .where('index', '>=', index)
    .orderBy('index')
    .limit(limit)
    .execute()
}

/** Entries about one subject among the first `size`, in order. */
export function entriesAbout(tx: Tx, subject: string, size: number): Promise<LoggedEntry[]> {
  return tx
    .selectFrom('auditEntries')
    .select(['index', 'bytes'])
    .where('subject', '=', subject)
    .where('index', '<', size)
    .orderBy('index')
    .execute()
}

/** Stored roots in the order asked for; throws when one is missing, since then the log is damaged. */
export async function auditNodes(tx: Tx, addresses: readonly NodeAddress[]): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = []
  for (const address of addresses) {
    const hash = await auditNode(tx, address)
    if (hash === undefined) throw new Error(`the audit log has no node ${address.level}/${address.index}`)
    hashes.push(hash)
  }
  return hashes
}

/** The stored root of one complete subtree: what inclusion and consistency proofs are made of. */
export async function auditNode(tx: Tx, { level, index }: NodeAddress): Promise<Uint8Array | undefined> {
  if (level === 0) {
    const leaf = await tx
      .selectFrom('auditEntries')
      .select('leafHash')
      .where('index', '=', index)
      .executeTakeFirst()
    return leaf?.leafHash
  }
  const node = await tx
    .selectFrom('auditNodes')
    .select('hash')
    .where('level', '=', level)
    .where('index', '=', index)
    .executeTakeFirst()
  return node?.hash
}

/** Keeps a signed checkpoint. The first one of a size stays: a log has one root at each size. */
export async function saveCheckpoint(
  tx: Tx,
  checkpoint: { readonly size: number; readonly note: string; readonly createdAt: Instant },
): Promise<void> {
  await tx
    .insertInto('auditCheckpoints')
    .values(checkpoint)
    .onConflict((conflict) => conflict.columns(['organisation', 'size']).doNothing())
    .execute()
}

/** The checkpoint of the greatest size. */
export async function latestCheckpoint(
  tx: Tx,
): Promise<{ readonly size: number; readonly note: string } | undefined> {
  return tx
    .selectFrom('auditCheckpoints')
    .select(['size', 'note'])
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function lockFrontier(tx: Tx): Promise<Frontier> {
  await tx
    .insertInto('auditLog')
    .values({ size: 0, frontier: Buffer.from(encodeFrontier(emptyFrontier)) })
    .onConflict((conflict) => conflict.column('organisation').doNothing())
    .execute()
  const row = await tx.selectFrom('auditLog').selectAll().forUpdate().executeTakeFirstOrThrow()
  return readFrontier(row.frontier, row.size)
}

function readFrontier(bytes: Uint8Array, size: number): Frontier {
  const decoded = decodeFrontier(bytes)
  if (decoded.ok && decoded.value.size === size) return decoded.value
  throw new AirlockError(
    decoded.ok
      ? {
          code: 'verification_failed',
          message: 'The stored edge of the audit log does not fit its size.',
          rule: 'audit.frontier',
          remedy: 'Rebuild it from the entries of the log.',
        }
      : decoded.failure,
  )
}

async function insertLeaves(
  tx: Tx,
  leaves: readonly LoggedEntry[],
  completed: readonly StoredNode[],
): Promise<void> {
  const hashes = new Map(completed.filter(({ level }) => level === 0).map(({ index, hash }) => [index, hash]))
  await tx
    .insertInto('auditEntries')
    .values(
      leaves.map(({ index, bytes }) => ({
        index,
        subject: subjectOf(bytes),
        bytes: Buffer.from(bytes),
        leafHash: Buffer.from(hashes.get(index) ?? leafHash(bytes)),
      })),
    )
    .execute()
}

function subjectOf(bytes: Uint8Array): string {
  const entry = decodeEntry(bytes)
  if (entry.ok) return entry.value.subject
  throw new AirlockError(entry.failure)
}

async function insertNodes(tx: Tx, completed: readonly StoredNode[]): Promise<void> {
  const nodes = completed
    .filter(({ level }) => level > 0)
    .map(({ level, index, hash }) => ({ level, index, hash: Buffer.from(hash) }))
  if (nodes.length > 0) await tx.insertInto('auditNodes').values(nodes).execute()
}
