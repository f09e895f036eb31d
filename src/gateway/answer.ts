import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { headersToAgent } from './headers.ts'
import { createMeter, isEventStream, type Meter } from './meter.ts'
import type { ModelProtocol } from './protocols/protocol.ts'
import type { Redaction } from './redact.ts'
import { sendError } from './send-error.ts'
import type { Usage } from './usage.ts'

/** How a call ended, as the meter needs to know it. */
export interface CallEnding {
  /** What the agent was told. */
  readonly status: number
  /** `unsent`: the provider never saw the request, so it cannot cost anything. */
  readonly ending: 'complete' | 'refused' | 'cut' | 'unsent'
  readonly usage: Usage | undefined
  /** What was said of the usage before the answer was cut: it was no less. */
  readonly said?: Usage | undefined
  /** Bytes of the answer that came; absent where none did. */
  readonly received?: number
  /** True where the agent was told nothing, so that another provider may be asked. */
  readonly untold?: boolean
}

/** What an answer must know of its call. */
interface AnsweredCall {
  readonly protocol: ModelProtocol
  readonly redaction: Redaction
  /** Given each JSON text of the answer as it comes. */
  readonly onJson?: (json: Buffer) => void
}

/** More than any model says; a provider gone wild is cut off here. */
const LONGEST_RESPONSE = 512 * 1024 * 1024
const BROKEN_OFF = 'Airlock: the provider broke off before it answered. Try again.'
const LONGEST_ERROR = 64 * 1024

/** What the agent gets of a provider's response, piece by piece. */
export interface Answer {
  /** False to hear nothing more until `resume`. */
  write(chunk: Buffer): boolean
  end(): void
  /** The provider broke off, or was made to. */
  fail(): CallEnding
}

export interface Flow {
  resume(): void
  /** Ends the exchange with the provider; `fail` of the answer follows. */
  abort(reason: string): void
  finish(ending: CallEnding): void
}

/** Decides how a response goes on: as it comes, put into the envelope, or unpacked before either. */
export function openAnswer(
  call: AnsweredCall,
  res: ServerResponse,
  status: number,
  headers: IncomingHttpHeaders,
  flow: Flow,
): Answer {
  const decoder = decoderOf(String(headers['content-encoding'] ?? 'identity'))
  const type = String(headers['content-type'] ?? '')
  if (decoder === 'unknown') return unreadable(call, res, flow)
  const open = (inner: Flow) =>
    status < 400 || /^application\/([\w.+-]*\+)?json\b/i.test(type)
      ? streamed(
          call,
          res,
          status,
          headersToAgent(headers, call.redaction, !decoder),
          createMeter(call.protocol, type, call.onJson),
          inner,
        )
      : explained(call, res, status, inner)
  return decoder ? decoding(decoder, open, flow) : open(flow)
}

/** The ordinary answer: each piece goes on as it comes. */
function streamed(
  call: AnsweredCall,
  res: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  meter: Meter,
  flow: Flow,
): Answer {
  const redactor = call.redaction.stream()
  let size = 0
  const begin = () => {
    if (!res.headersSent) res.writeHead(status, headers)
  }
  const ending = (ended: boolean): CallEnding => {
    if (status >= 400) return { status, ending: 'refused', usage: undefined }
    const usage = meter.usage(ended)
    return { status, ending: ended ? 'complete' : 'cut', usage, said: meter.said(), received: size }
  }
  if (isEventStream(headers['content-type'])) {
    begin()
    res.flushHeaders() // a model may think long before its first event
  }
  res.on('drain', flow.resume)
  return {
    write(chunk) {
      size += chunk.length
      if (size > LONGEST_RESPONSE) flow.abort('the response has no end')
      meter.push(chunk)
      const out = redactor.push(chunk)
      if (out.length > 0) begin()
      return out.length === 0 || res.write(out)
    },
    end() {
      begin()
      const rest = redactor.flush()
      if (rest.length > 0) res.write(rest)
      res.end()
      flow.finish(ending(true))
    },
    fail() {
      if (!res.headersSent) {
        sendError(res, call.protocol, 502, BROKEN_OFF)
        return { status: 502, ending: 'cut', usage: undefined }
      }
      res.destroy() // a clean end would pass the fragment off as the whole
      return ending(false)
    },
  }
}

/** An error page that is not in the protocol's language is put into its envelope. */
function explained(call: AnsweredCall, res: ServerResponse, status: number, flow: Flow): Answer {
  const chunks: Buffer[] = []
  let size = 0
  const send = (): CallEnding => {
    const text = call.redaction.text(Buffer.concat(chunks).toString()).replace(/\s+/g, ' ').trim()
    sendError(
      res,
      call.protocol,
      status,
      `The provider answered ${status}: ${text.slice(0, 500) || 'nothing'}`,
    )
    return { status, ending: 'refused', usage: undefined }
  }
  return {
    write(chunk) {
      size += chunk.length
      if (size <= LONGEST_ERROR) chunks.push(chunk)
      else flow.abort('the error has no end')
      return true
    },
    end: () => flow.finish(send()),
    fail: send,
  }
}

function unreadable(call: AnsweredCall, res: ServerResponse, flow: Flow): Answer {
  const send = (): CallEnding => {
    sendError(res, call.protocol, 502, 'Airlock: the provider answered in an encoding nobody asked for.')
    return { status: 502, ending: 'cut', usage: undefined }
  }
  return {
    write() {
      flow.abort('unknown content encoding')
      return true
    },
    end: () => flow.finish(send()),
    fail: send,
  }
}

/** Unpacks an answer that comes compressed though identity was asked for; no faster than the agent reads it. */
function decoding(decoder: Transform, open: (flow: Flow) => Answer, flow: Flow): Answer {
  const answer = open({ ...flow, resume: () => decoder.resume() })
  decoder.on('data', (chunk: Buffer) => {
    if (!answer.write(chunk)) decoder.pause()
  })
  decoder.on('drain', flow.resume)
  decoder.on('end', () => answer.end())
  decoder.on('error', () => flow.finish(answer.fail()))
  return {
    write: (chunk) => decoder.write(chunk),
    end: () => void decoder.end(),
    fail() {
      decoder.destroy()
      return answer.fail()
    },
  }
}

function decoderOf(encoding: string): Transform | undefined | 'unknown' {
  switch (encoding.trim().toLowerCase()) {
    case 'identity':
    case '':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    case 'zstd':
      return createZstdDecompress()
    default:
      return 'unknown'
  }
}
