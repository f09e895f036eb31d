/**
 * Runs inside a sandbox that holds nothing but the layers of one image, all of them hostile, and the empty directory they
 * are unpacked to. Reads an `UnpackOrder` from standard input and answers on standard output with an `UnpackReport`.
 */
import { text } from 'node:stream/consumers'
import { type Allowance, applyLayer, makePlaces } from './layer.ts'

/** What to do; paths are those inside. */
export interface UnpackOrder {
  /** From the bottom up. */
  readonly layers: readonly { readonly file: string; readonly diffId?: string }[]
  readonly root: string
  readonly entries: number
  /** Of all layers, after decompression. */
  readonly bytes: number
  /** Files that must be there in the end, empty, whatever the layers brought. */
  readonly places: readonly string[]
}

/** What came of it; the host believes none of it, and looks at the tree itself. */
export type UnpackReport = { readonly leftOut: number } | { readonly refused: string }

const order: UnpackOrder = JSON.parse(await text(process.stdin))
process.stdout.write(`${JSON.stringify(await carryOut(order))}\n`)

async function carryOut({ layers, root, entries, bytes, places }: UnpackOrder): Promise<UnpackReport> {
  const allowance: Allowance = { entries, bytes, leftOut: 0 }
  try {
    for (const { file, diffId } of layers) await applyLayer(root, file, diffId, allowance)
    makePlaces(root, places)
    return { leftOut: allowance.leftOut }
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) }
  }
}
