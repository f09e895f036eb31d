import { equalBytes } from '#kernel/bytes.ts'
import { foldNodes, HASH_SIZE, type NodeAddress, nodeHash } from './merkle.ts'
import type { ReadNodes } from './node-reader.ts'

/** No proof in a tree of 2^53 leaves is longer. */
export const MAX_PROOF_HASHES = 54

/** RFC 9162, 2.1.3.1: the hashes that lead from the leaf at `index` to the root of the first `size` leaves. */
export async function inclusionProof(
  index: number,
  size: number,
  read: ReadNodes,
): Promise<readonly Uint8Array[]> {
  if (!isIndexIn(index, size)) throw new RangeError(`no leaf ${index} in a log of ${size}`)
  return hashesOf(inclusionPath(index, 0, size), read)
}

/** RFC 9162, 2.1.4.1: the hashes that show the log of `first` leaves to be the beginning of the log of `second`. */
export async function consistencyProof(
  first: number,
  second: number,
  read: ReadNodes,
): Promise<readonly Uint8Array[]> {
  if (!isSize(first) || !isSize(second) || first > second)
    throw new RangeError(`a log of ${first} is no beginning of one of ${second}`)
  return first === 0 ? [] : hashesOf(consistencyPath(first, 0, second, true), read)
}

/** RFC 9162, 2.1.3.2. Index, size and proof may all come from an attacker. */
export function verifyInclusion(claim: {
  readonly index: number
  readonly size: number
  readonly leaf: Uint8Array
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}): boolean {
  if (!isIndexIn(claim.index, claim.size) || !areHashes(claim.proof)) return false
  let place = claim.index
  let last = claim.size - 1
  let hash = claim.leaf
  for (const sibling of claim.proof) {
    if (last === 0) return false
    if (isOdd(place) || place === last) {
      hash = nodeHash(sibling, hash)
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 && equalBytes(hash, claim.root)
}

/** RFC 9162, 2.1.4.2. Every log continues the empty one. Sizes and proof may all come from an attacker. */
export function verifyConsistency(claim: {
  readonly first: { readonly size: number; readonly root: Uint8Array }
  readonly second: { readonly size: number; readonly root: Uint8Array }
  readonly proof: readonly Uint8Array[]
}): boolean {
  const { first, second } = claim
  if (!isSize(first.size) || !isSize(second.size) || first.size > second.size) return false
  if (!areHashes(claim.proof)) return false
  if (first.size === second.size) return claim.proof.length === 0 && equalBytes(first.root, second.root)
  if (first.size === 0) return claim.proof.length === 0
  return leadsToBothRoots(first, second, claim.proof)
}

/** Leaves `start` up to but without `end`; `start` is always a multiple of the largest power of two that fits. */
interface Range {
  readonly start: number
  readonly end: number
}

function inclusionPath(index: number, start: number, end: number): readonly Range[] {
  if (end - start === 1) return []
  const middle = start + splitOf(end - start)
  return index < middle
    ? [...inclusionPath(index, start, middle), { start: middle, end }]
    : [...inclusionPath(index, middle, end), { start, end: middle }]
}

function consistencyPath(first: number, start: number, end: number, whole: boolean): readonly Range[] {
  if (first === end) return whole ? [] : [{ start, end }]
  const middle = start + splitOf(end - start)
  return first <= middle
    ? [...consistencyPath(first, start, middle, whole), { start: middle, end }]
    : [...consistencyPath(first, middle, end, false), { start, end: middle }]
}

/** The hash of each range, from one read of all the complete subtrees they are made of. */
async function hashesOf(ranges: readonly Range[], read: ReadNodes): Promise<readonly Uint8Array[]> {
  const parts = ranges.map(subtreesOf)
  const hashes = await read(parts.flat())
  let taken = 0
  return parts.map((part) => {
    const hash = foldNodes(hashes.slice(taken, taken + part.length))
    taken += part.length
    if (hash?.byteLength !== HASH_SIZE) throw new RangeError('a node of the log could not be read')
    return hash
  })
}

function subtreesOf({ start, end }: Range): readonly NodeAddress[] {
  const addresses: NodeAddress[] = []
  for (let from = start; from < end; ) {
    const leaves = splitOf(end - from + 1)
    addresses.push({ level: Math.log2(leaves), index: from / leaves })
    from += leaves
  }
  return addresses
}

function leadsToBothRoots(
  first: { readonly size: number; readonly root: Uint8Array },
  second: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  const path = isPowerOfTwo(first.size) ? [first.root, ...proof] : proof
  const [seed, ...rest] = path
  if (seed === undefined) return false
  let place = first.size - 1
  let last = second.size - 1
  while (isOdd(place)) [place, last] = [half(place), half(last)]
  let toFirst = seed
  let toSecond = seed
  for (const hash of rest) {
    if (last === 0) return false
    if (isOdd(place) || place === last) {
      toFirst = nodeHash(hash, toFirst)
      toSecond = nodeHash(hash, toSecond)
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)]
    } else {
      toSecond = nodeHash(toSecond, hash)
    }
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 && equalBytes(toFirst, first.root) && equalBytes(toSecond, second.root)
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function isIndexIn(index: number, size: number): boolean {
  return isSize(index) && isSize(size) && index < size
}

function areHashes(proof: readonly Uint8Array[]): boolean {
  return proof.length <= MAX_PROOF_HASHES && proof.every((hash) => hash.byteLength === HASH_SIZE)
}

/** The largest power of two below `size` (RFC 6962's k). */
function splitOf(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

function isPowerOfTwo(size: number): boolean {
  return splitOf(size * 2) === size
}

function isOdd(value: number): boolean {
  return value % 2 === 1
}

function half(value: number): number {
  return Math.floor(value / 2)
}
