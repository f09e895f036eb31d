import type { Duplex } from 'node:stream'

/** On the wire: one byte for the kind, four for the length (big-endian), then so many bytes. */
export interface Frame {
  readonly kind: FrameKind
  readonly bytes: Buffer
}

const KINDS = { message: 1, input: 2, end_of_input: 3, stdout: 4, stderr: 5 } as const
export type FrameKind = keyof typeof KINDS

const BY_NUMBER = new Map(Object.entries(KINDS).map(([kind, number]) => [number, kind as FrameKind]))
const HEADER = 5
/** Bounds what one side may make the other keep in memory. */
export const MOST_BYTES = 1024 * 1024
/** Of one command; it waits in the runner's memory until the command reads it. */
export const MOST_INPUT = 16 * MOST_BYTES

/** Frames as they arrive. Throws at an unknown kind, at one that is too long, and at an end in the middle of one; the stream stays open. */
export async function* readFrames(stream: Duplex): AsyncGenerator<Frame> {
  let waiting: Buffer = Buffer.alloc(0)
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    waiting = Buffer.concat([waiting, chunk])
    for (let end = endOfFrame(waiting); end <= waiting.length; end = endOfFrame(waiting)) {
      yield { kind: kindOf(waiting), bytes: waiting.subarray(HEADER, end) }
      waiting = waiting.subarray(end)
    }
  }
  if (waiting.length > 0) throw new Error('the connection ended in the middle of a frame')
}

/** Writes bytes as one frame, or as many as they need; resolves when the other side has room for more. */
export async function sendFrame(stream: Duplex, kind: FrameKind, bytes: Uint8Array): Promise<void> {
  let room = true
  for (let at = 0; at === 0 || at < bytes.length; at += MOST_BYTES) {
    const part = bytes.subarray(at, at + MOST_BYTES)
    const header = Buffer.alloc(HEADER)
    header.writeUInt8(KINDS[kind])
    header.writeUInt32BE(part.length, 1)
    if (stream.destroyed || stream.writableEnded) return
    stream.write(header)
    room = stream.write(part)
  }
  if (!room) await drained(stream)
}

export function sendMessage(stream: Duplex, message: unknown): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(message))
  if (bytes.length > MOST_BYTES) throw new Error('the message is too long for one frame')
  return sendFrame(stream, 'message', bytes)
}

function endOfFrame(waiting: Buffer): number {
  if (waiting.length < HEADER) return Number.POSITIVE_INFINITY
  kindOf(waiting)
  const length = waiting.readUInt32BE(1)
  if (length > MOST_BYTES) throw new Error(`a frame of ${length} bytes is too long`)
  return HEADER + length
}

function kindOf(waiting: Buffer): FrameKind {
  const kind = BY_NUMBER.get(waiting[0] as 1)
  if (kind === undefined) throw new Error('a frame of an unknown kind')
  return kind
}

function drained(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done)
      resolve()
    }
    stream.once('drain', done).once('close', done)
    if (stream.destroyed) done()
  })
}
