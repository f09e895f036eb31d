import { type NodeAddress, nodeHash, type StoredNode } from './merkle.ts'

/** Hashes of the complete subtrees asked for, in the same order. Rejects when one is missing. */
export type ReadNodes = (addresses: readonly NodeAddress[]) => Promise<readonly Uint8Array[]>

/** A reader over all leaf hashes, for logs that fit in memory; it computes the inner nodes itself. */
export function nodesOver(leaves: readonly Uint8Array[]): ReadNodes {
  const nodeAt = ({ level, index }: NodeAddress): Uint8Array => {
    if (level > 0)
      return nodeHash(
        nodeAt({ level: level - 1, index: index * 2 }),
        nodeAt({ level: level - 1, index: index * 2 + 1 }),
      )
    const leaf = leaves[index]
    if (leaf === undefined) throw new RangeError(`the log has no leaf ${index}`)
    return leaf
  }
  return async (addresses) => addresses.map(nodeAt)
}

/** A reader over stored nodes, as `extend` names them. */
export function nodesIn(stored: Iterable<StoredNode>): ReadNodes {
  const hashes = new Map([...stored].map((node) => [`${node.level}/${node.index}`, node.hash]))
  return async (addresses) =>
    addresses.map(({ level, index }) => {
      const hash = hashes.get(`${level}/${index}`)
      if (hash === undefined) throw new RangeError(`node ${level}/${index} is not stored`)
      return hash
    })
}
