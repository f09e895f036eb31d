import { createHash } from 'node:crypto'
import type { Digest } from '#kernel/bytes.ts'

/** Of all that a stream gives; nothing is kept. */
export async function sha256OfStream(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ readonly digest: Digest; readonly size: number }> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of stream) {
    hash.update(chunk)
    size += chunk.length
  }
  return { digest: `sha256:${hash.digest('hex')}`, size }
}
