import { createParser } from 'eventsource-parser'
import { isObject, type JsonObject, type ModelProtocol, objectsIn } from './protocols/protocol.ts'
import type { Usage } from './usage.ts'

/** Watches one response go by and reads its usage. Never throws, never holds more than its bound. */
export interface Meter {
  push(chunk: Buffer): void
  /** Undefined where the response did not say, or was cut before it did. */
  usage(ended: boolean): Usage | undefined
  /** What it said until then, where it did not come to its end. */
  said(): Usage | undefined
}

/** A whole response, or one event of a stream; beyond it the call is charged as reserved. */
const MOST_HELD = 16 * 1024 * 1024

/** `onJson` is given each JSON text of the answer: the whole of it, or the data of each event as it comes. */
export function createMeter(
  protocol: ModelProtocol,
  contentType: string,
  onJson: (json: Buffer) => void = () => undefined,
): Meter {
  return isEventStream(contentType) ? streamMeter(protocol, onJson) : wholeMeter(protocol, onJson)
}

export function isEventStream(contentType: unknown): boolean {
  return typeof contentType === 'string' && /^text\/event-stream\b/i.test(contentType)
}

function streamMeter(protocol: ModelProtocol, onJson: (json: Buffer) => void): Meter {
  const reader = protocol.usageReader()
  const decoder = new TextDecoder()
  let blind = false
  const parser = createParser({
    maxBufferSize: MOST_HELD,
    onEvent: (event) => {
      reader.read(event.data)
      onJson(Buffer.from(event.data))
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') blind = true
    },
  })
  return {
    push(chunk) {
      if (!blind) parser.feed(decoder.decode(chunk, { stream: true }))
    },
    usage(ended) {
      if (ended && !blind) parser.feed('\n\n') // a last event without its empty line
      return reader.usage(ended && !blind)
    },
    said: () => reader.said(),
  }
}

function wholeMeter(protocol: ModelProtocol, onJson: (json: Buffer) => void): Meter {
  let chunks: Buffer[] = []
  let size = 0
  return {
    push(chunk) {
      size += chunk.length
      if (size <= MOST_HELD) chunks.push(chunk)
      else chunks = []
    },
    usage(ended) {
      const whole = Buffer.concat(chunks)
      onJson(whole)
      if (!ended || size > MOST_HELD) return undefined
      const pieces = objectsOf(whole.toString())
      return pieces.map((piece) => protocol.usage(piece)).findLast((usage) => usage !== undefined)
    },
    said: () => undefined,
  }
}

/** One object, or the list of pieces that Gemini streams where no events were asked for. */
function objectsOf(text: string): readonly JsonObject[] {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? [value] : objectsIn(value)
  } catch {
    return []
  }
}
