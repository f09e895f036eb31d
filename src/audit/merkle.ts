import { createHash } from 'node:crypto'
import { ok, type Result, refused } from '#kernel/result.ts'

/** Bytes of every hash in the tree (SHA-256). */
export const HASH_SIZE = 32

/**
 * The right edge of an RFC 6962 tree: the roots of its complete subtrees, largest first, one for each bit set in
 * `size`. It is all that appending and computing the root ever need.
 */
export interface Frontier {
  readonly size: number
  readonly nodes: readonly Uint8Array[]
}

/** The place of a complete subtree: `level` 0 are leaves; it covers leaves `index·2^level` up to `(index+1)·2^level`. */
export interface NodeAddress {
  readonly level: number
  readonly index: number
}

export interface StoredNode extends NodeAddress {
  readonly hash: Uint8Array
}

export const emptyFrontier: Frontier = { size: 0, nodes: [] }

/** RFC 6962, 2.1: the 0x00 prefix keeps a leaf from ever passing as a node. */
export function leafHash(entry: Uint8Array): Uint8Array {
  return createHash('sha256').update(LEAF_PREFIX).update(entry).digest()
}

/** RFC 6962, 2.1: the hash of two subtrees, behind the 0x01 prefix. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest()
}

/** The tree with one more leaf. Takes the leaf's hash, not the entry. */
export function append(frontier: Frontier, leaf: Uint8Array): Frontier {
  return extend(frontier, leaf).frontier
}

/** Appends and also names every subtree this leaf completed, the leaf itself first: what a store keeps for proofs. */
export function extend(
  frontier: Frontier,
  leaf: Uint8Array,
): { readonly frontier: Frontier; readonly completed: readonly StoredNode[] } {
  if (leaf.byteLength !== HASH_SIZE) throw new RangeError('append takes a leaf hash of 32 bytes')
  if (frontier.size >= Number.MAX_SAFE_INTEGER) throw new RangeError('the log is full')
  const nodes = [...frontier.nodes]
  const completed: StoredNode[] = [{ level: 0, index: frontier.size, hash: leaf }]
  let hash = leaf
  let index = frontier.size
  for (let level = 1; index % 2 === 1; level++) {
    const left = nodes.pop()
    if (left === undefined) throw new RangeError('the frontier does not fit its size')
    hash = nodeHash(left, hash)
    index = (index - 1) / 2
    completed.push({ level, index, hash })
  }
  nodes.push(hash)
  return { frontier: { size: frontier.size + 1, nodes }, completed }
}

/** The root of the whole tree; of the empty tree it is the hash of nothing. */
export function rootOf(frontier: Frontier): Uint8Array {
  return foldNodes(frontier.nodes) ?? createHash('sha256').digest()
}

/** The root over neighbouring complete subtrees, largest first; undefined when there are none. */
export function foldNodes(nodes: readonly Uint8Array[]): Uint8Array | undefined {
  return nodes.reduceRight<Uint8Array | undefined>(
    (right, left) => (right === undefined ? left : nodeHash(left, right)),
    undefined,
  )
}

/** One form only: the size as 8 bytes big-endian, then the nodes. At most 1,704 bytes. */
export function encodeFrontier(frontier: Frontier): Uint8Array {
  const size = Buffer.alloc(SIZE_BYTES)
  size.writeBigUInt64BE(BigInt(frontier.size))
  return Buffer.concat([size, ...frontier.nodes])
}

export function decodeFrontier(bytes: Uint8Array): Result<Frontier> {
  const buffer = Buffer.from(bytes)
  if (buffer.byteLength < SIZE_BYTES) return badFrontier()
  const size = Number(buffer.readBigUInt64BE())
  if (!Number.isSafeInteger(size)) return badFrontier()
  const count = bitsSet(size)
  if (buffer.byteLength !== SIZE_BYTES + count * HASH_SIZE) return badFrontier()
  const nodes = Array.from({ length: count }, (_, position) => {
    const start = SIZE_BYTES + position * HASH_SIZE
    return buffer.subarray(start, start + HASH_SIZE)
  })
  return ok({ size, nodes })
}

const LEAF_PREFIX = Uint8Array.of(0)
const NODE_PREFIX = Uint8Array.of(1)
const SIZE_BYTES = 8

// Arithmetic instead of bit operators: those cut a number to 32 bits.
function bitsSet(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}

function badFrontier(): Result<never> {
  return refused({
    code: 'verification_failed',
    message: 'The stored edge of the audit log is damaged.',
    rule: 'audit.frontier',
    remedy: 'Rebuild it from the entries of the log.',
  })
}
