import { Socket } from 'node:net'

export interface OutputCut {
  readonly bytes: number
  readonly cut: boolean
}

export interface Output {
  /** Reads a pipe's end until everybody inside has closed the other, or `stop` is called; resolves then. */
  read(stream: 'stdout' | 'stderr', descriptor: number): Promise<void>
  stop(): void
  /** The first words on standard error, where bwrap says why it could not start. */
  complaint(): string
  total(): OutputCut
}

/** Output is counted beyond its limit so that the ending can tell how much was lost, but only up to this multiple. */
const PATIENCE = 4
const COMPLAINT = 2_000

/**
 * Passes output on up to `limit` bytes over both streams, counts and drops the rest, and calls `onExhausted` once the
 * command has said four times what anybody will hear. Chunks are handed over one at a time: a slow reader slows the
 * command down through its full pipe.
 */
export function outputOf(
  limit: number,
  onOutput: ((stream: 'stdout' | 'stderr', chunk: Uint8Array) => void) | undefined,
  onExhausted: () => void,
): Output {
  let bytes = 0
  let complaint = ''
  const sockets: Socket[] = []
  const take = (stream: 'stdout' | 'stderr', chunk: Buffer) => {
    const room = Math.max(0, limit - bytes)
    bytes += chunk.byteLength
    if (stream === 'stderr' && complaint.length < COMPLAINT) complaint += chunk.toString('utf8', 0, COMPLAINT)
    if (room > 0) onOutput?.(stream, new Uint8Array(chunk.subarray(0, room)))
    if (bytes > PATIENCE * limit) onExhausted()
  }
  return {
    read: (stream, descriptor) =>
      new Promise((resolve) => {
        const socket = new Socket({ fd: descriptor, readable: true, writable: false })
        sockets.push(socket)
        socket.on('data', (chunk) => take(stream, chunk))
        socket.on('error', () => {}) // 'close' follows
        socket.once('close', () => resolve())
      }),
    stop: () => {
      for (const socket of sockets) socket.destroy()
    },
    complaint: () => complaint.slice(0, COMPLAINT),
    total: () => ({ bytes, cut: bytes > limit }),
  }
}
