import type { Readable } from 'node:stream'

export interface Said {
  readonly stream: 'stdout' | 'stderr'
  readonly chunk: Buffer
}

const HEADER = 8

/**
 * The two outputs of an attached container. Each piece has a header of eight bytes: the stream (1 or 2), three zeros,
 * the length (big-endian); see "Stream format" in the Docker Engine API. Pieces are passed on as they arrive.
 */
export async function* demultiplex(source: Readable): AsyncGenerator<Said> {
  let header: Buffer = Buffer.alloc(0)
  let stream: Said['stream'] = 'stdout'
  let left = 0
  for await (const arrived of source) {
    for (let rest: Buffer = arrived; rest.length > 0; ) {
      if (left === 0) {
        const missing = HEADER - header.length
        header = Buffer.concat([header, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        if (header.length < HEADER) break
        stream = header[0] === 2 ? 'stderr' : 'stdout'
        left = header.readUInt32BE(4)
        header = Buffer.alloc(0)
      }
      const chunk = rest.subarray(0, left)
      left -= chunk.length
      rest = rest.subarray(chunk.length)
      if (chunk.length > 0) yield { stream, chunk }
    }
  }
}
