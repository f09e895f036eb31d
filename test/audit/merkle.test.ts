import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  append,
  decodeFrontier,
  emptyFrontier,
  encodeFrontier,
  extend,
  type Frontier,
  leafHash,
  nodeHash,
  rootOf,
  type StoredNode,
} from '#audit/merkle.ts'
import { nodesIn, nodesOver } from '#audit/node-reader.ts'
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from '#audit/proof.ts'

// The eight leaves and roots used by the certificate-transparency project to test RFC 6962.
const CT_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'))
const CT_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

describe('the tree', () => {
  test('gives the roots that certificate transparency publishes', () => {
    const roots = CT_ROOTS.map((_, size) => hex(rootOf(frontierOf(CT_LEAVES.slice(0, size).map(leafHash)))))
    expect(roots).toEqual(CT_ROOTS)
  })

  test('gives the root of the recursive definition at every size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 }), (entries) => {
        expect(hex(rootOf(frontierOf(entries.map(leafHash))))).toBe(hex(naiveRoot(entries)))
      }),
      { numRuns: 60 },
    )
  })

  test('refuses an entry where a leaf hash belongs', () => {
    expect(() => append(emptyFrontier, Buffer.from('an entry'))).toThrow('leaf hash')
  })

  test('has an edge that survives storage byte for byte', () => {
    for (let size = 0; size < 70; size++) {
      const frontier = frontierOf(leavesOf(size))
      const bytes = encodeFrontier(frontier)
      const read = decodeFrontier(bytes)
      expect(read.ok && encodeFrontier(read.value)).toEqual(bytes)
      expect(read.ok && hex(rootOf(read.value))).toBe(hex(rootOf(frontier)))
    }
  })

  test('refuses a stored edge of any other length or impossible size', () => {
    const bytes = encodeFrontier(frontierOf(leavesOf(5)))
    const hostile = [
      new Uint8Array(),
      bytes.subarray(0, 7),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, bytes.subarray(-32)]),
      Buffer.concat([Buffer.alloc(8, 0xff), Buffer.alloc(64 * 32)]),
    ]
    expect(hostile.map((text) => decodeFrontier(text).ok)).toEqual(hostile.map(() => false))
  })
})

describe('inclusion', () => {
  test('is proved for every leaf of every small log and for no other leaf, place, size or root', async () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33]) {
      const leaves = leavesOf(size)
      const root = rootOf(frontierOf(leaves))
      for (const [index, leaf] of leaves.entries()) {
        const proof = await inclusionProof(index, size, nodesOver(leaves))
        const claim = { index, size, leaf, proof, root }
        expect(verifyInclusion(claim)).toBe(true)
        const lies = [
          { ...claim, leaf: leafHash(Buffer.from('other')) },
          { ...claim, root: leafHash(Buffer.from('other')) },
          { ...claim, index: index + 1 },
          { ...claim, index: index - 1 },
          { ...claim, index: -1 },
          { ...claim, index: 0.5 },
          { ...claim, size: index },
          { ...claim, proof: [...proof, leaf] },
          { ...claim, proof: [leaf, ...proof] },
          { ...claim, proof: proof.map((hash) => hash.subarray(1)).concat(proof.length ? [] : [leaf]) },
          ...proof.map((_, at) => ({
            ...claim,
            proof: proof.map((hash, n) => (n === at ? flip(hash) : hash)),
          })),
          ...proof.map((_, at) => ({ ...claim, proof: proof.toSpliced(at, 1) })),
        ]
        expect(lies.map(verifyInclusion)).toEqual(lies.map(() => false))
      }
    }
  })

  test('is proved alike from stored nodes and from all leaves', async () => {
    const leaves = leavesOf(45)
    const stored = storedNodes(leaves)
    for (const index of [0, 7, 31, 32, 44])
      expect(await inclusionProof(index, 45, nodesIn(stored))).toEqual(
        await inclusionProof(index, 45, nodesOver(leaves)),
      )
  })

  test('takes no more hashes than lead to the root, even if they fit', () => {
    const [leaf = Buffer.of(), other = Buffer.of()] = leavesOf(2)
    const root = nodeHash(other, leaf)
    expect(verifyInclusion({ index: 0, size: 1, leaf, proof: [other], root })).toBe(false)
  })

  test('of an entry outside the log is not proved', async () => {
    await expect(inclusionProof(3, 3, nodesOver(leavesOf(3)))).rejects.toThrow('no leaf 3')
    await expect(inclusionProof(0, 9, nodesOver(leavesOf(3)))).rejects.toThrow('no leaf')
  })
})

describe('consistency', () => {
  test('is proved between any two sizes and not from another beginning', async () => {
    const size = 24
    const leaves = leavesOf(size)
    const rootAt = (at: number) => rootOf(frontierOf(leaves.slice(0, at)))
    for (let to = 0; to <= size; to++)
      for (let from = 0; from <= to; from++) {
        const proof = await consistencyProof(from, to, nodesOver(leaves))
        const claim = {
          first: { size: from, root: rootAt(from) },
          second: { size: to, root: rootAt(to) },
          proof,
        }
        expect(verifyConsistency(claim)).toBe(true)
        if (from === 0) continue
        const lies = [
          { ...claim, first: { size: from, root: flip(claim.first.root) } },
          { ...claim, second: { size: to, root: flip(claim.second.root) } },
          { ...claim, first: claim.second, second: claim.first, proof: [...proof, flip(claim.first.root)] },
          { ...claim, proof: [...proof, claim.first.root] },
          ...proof.map((_, at) => ({
            ...claim,
            proof: proof.map((hash, n) => (n === at ? flip(hash) : hash)),
          })),
          ...proof.map((_, at) => ({ ...claim, proof: proof.toSpliced(at, 1) })),
        ]
        expect(lies.map(verifyConsistency)).toEqual(lies.map(() => false))
      }
  })

  test('asks a bounded number of nodes of a log too large to hold', async () => {
    const asked: number[] = []
    const read = async (addresses: readonly unknown[]) => {
      asked.push(addresses.length)
      return addresses.map(() => leafHash(Buffer.of()))
    }
    await inclusionProof(2 ** 52 + 12_345, Number.MAX_SAFE_INTEGER, read)
    await consistencyProof(2 ** 52 - 1, Number.MAX_SAFE_INTEGER, read)
    expect(asked.every((count) => count > 0 && count < 200)).toBe(true)
  })
})

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)))
}

function frontierOf(leaves: readonly Uint8Array[]): Frontier {
  return leaves.reduce<Frontier>((frontier, leaf) => append(frontier, leaf), emptyFrontier)
}

function storedNodes(leaves: readonly Uint8Array[]): StoredNode[] {
  const stored: StoredNode[] = []
  let frontier = emptyFrontier
  for (const leaf of leaves) {
    const grown = extend(frontier, leaf)
    frontier = grown.frontier
    stored.push(...grown.completed)
  }
  return stored
}

// RFC 6962, 2.1, word for word.
function naiveRoot(entries: readonly Uint8Array[]): Uint8Array {
  const hash = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  const [only] = entries
  if (only === undefined) return hash()
  if (entries.length === 1) return hash(Uint8Array.of(0), only)
  let k = 1
  while (k * 2 < entries.length) k *= 2
  return hash(Uint8Array.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)))
}

function flip(hash: Uint8Array): Uint8Array {
  return hash.map((byte, at) => (at === 0 ? byte ^ 1 : byte))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
