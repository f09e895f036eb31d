import { describe, expect, test } from 'vitest'
import { openCheckpoint, signCheckpoint } from '#audit/checkpoint.ts'
import { append, emptyFrontier, leafHash, rootOf } from '#audit/merkle.ts'
import { nodesOver } from '#audit/node-reader.ts'
import { consistencyProof, inclusionProof, verifyConsistency, verifyInclusion } from '#audit/proof.ts'
import { parseVerifierText, verifierText } from '#audit/signing-key.ts'
import { fromBase64, toBase64 } from '#kernel/bytes.ts'
import sumdb from '../vectors/audit/sumdb.json' with { type: 'json' }
import { signerOf } from './evidence.ts'

const leaves = Array.from({ length: 1000 }, (_, n) => leafHash(Buffer.from(`leaf ${n}`)))
const rootAt = (size: number) => rootOf(leaves.slice(0, size).reduce(append, emptyFrontier))

describe('what the Go checksum database says', () => {
  test('of tree roots, we say too', () => {
    expect(sumdb.roots.map(({ size }) => toBase64(rootAt(size)))).toEqual(sumdb.roots.map(({ root }) => root))
  })

  test('of inclusion, we prove byte for byte and believe', async () => {
    for (const { index, size, proof } of sumdb.inclusions) {
      const ours = await inclusionProof(index, size, nodesOver(leaves))
      expect(ours.map(toBase64)).toEqual(proof)
      const leaf = leaves[index] ?? Buffer.of()
      expect(verifyInclusion({ index, size, leaf, proof: bytesOf(proof), root: rootAt(size) })).toBe(true)
    }
  })

  test('of consistency, we prove byte for byte and believe', async () => {
    for (const { first, second, proof } of sumdb.consistencies) {
      const ours = await consistencyProof(first, second, nodesOver(leaves))
      expect(ours.map(toBase64)).toEqual(proof)
      const ends = {
        first: { size: first, root: rootAt(first) },
        second: { size: second, root: rootAt(second) },
      }
      expect(verifyConsistency({ ...ends, proof: bytesOf(proof) })).toBe(true)
    }
  })

  test('in a signed checkpoint, we sign to the same bytes and open', async () => {
    const signer = signerOf(Buffer.from(sumdb.seed, 'base64'), sumdb.name)
    const state = { origin: sumdb.name, size: 1000, root: rootAt(1000) }
    expect(verifierText(signer.key)).toBe(sumdb.verifier)
    expect(await signCheckpoint(state, signer)).toBe(sumdb.checkpoint)
    const key = parseVerifierText(sumdb.verifier)
    const opened = key.ok && openCheckpoint(sumdb.checkpoint, key.value, sumdb.name)
    expect(opened).toEqual({ ok: true, value: { ...state, extensions: [] } })
  })
})

function bytesOf(proof: readonly string[]): Uint8Array[] {
  return proof.map((hash) => fromBase64(hash) ?? Buffer.of())
}
