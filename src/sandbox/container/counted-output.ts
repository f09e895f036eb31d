import type { Said } from './demultiplex.ts'

/** Output is counted beyond its limit so that the ending can tell how much was lost, but only up to this multiple. */
const PATIENCE = 4
const COMPLAINT = 2_000

export interface CountedOutput {
  /** What of a piece is still within the limit; empty when nothing is. */
  take(said: Said): Buffer
  /** True once the command has said four times what anybody will hear. */
  exhausted(): boolean
  /** All there was, when that was little and on standard error only. */
  complaint(): string | undefined
  total(): { readonly outputBytes: number; readonly outputCut: boolean }
}

export function countedOutput(limit: number): CountedOutput {
  let bytes = 0
  let complaint: string | undefined = ''
  return {
    take({ stream, chunk }) {
      const room = Math.max(0, limit - bytes)
      bytes += chunk.length
      complaint =
        stream === 'stderr' && complaint !== undefined && bytes <= COMPLAINT
          ? complaint + chunk.toString('utf8')
          : undefined
      return chunk.subarray(0, room)
    },
    exhausted: () => bytes > PATIENCE * limit,
    complaint: () => complaint,
    total: () => ({ outputBytes: bytes, outputCut: bytes > limit }),
  }
}
