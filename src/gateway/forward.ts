import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { type Dispatcher, errors } from 'undici'
import { headersToAgent } from './headers.ts'
import { createMeter, type Meter } from './meter.ts'
import type { ModelProtocol } from './protocols/protocol.ts'
import { createRedactor, redactText } from './redact.ts'
import type { Usage } from './usage.ts'

export interface UpstreamCall {
  readonly pool: Dispatcher
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Buffer
  readonly protocol: ModelProtocol
  readonly key: string
  readonly signal: AbortSignal
}

/** How a call ended, as the meter needs to know it. */
export interface CallEnding {
  /** What the agent was told. */
  readonly status: number
  /** `unsent`: the provider never saw the request, so it cannot cost anything. */
  readonly ending: 'complete' | 'refused' | 'cut' | 'unsent'
  readonly usage: Usage | undefined
}

/** More than any model says; a provider gone wild is cut off here. */
const LONGEST_RESPONSE = 512 * 1024 * 1024
const LONGEST_ERROR = 64 * 1024

/** Sends one call and streams its answer to the agent, byte for byte but for the key. Never rejects. */
export function forward(call: UpstreamCall, res: ServerResponse): Promise<CallEnding> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined
    let answer: Answer | undefined
    let sent = false
    const finish = (ending: CallEnding) => {
      call.signal.removeEventListener('abort', abort)
      resolve(ending)
    }
    const fail = (error: Error) => {
      if (answer) return finish(answer.fail())
      const { status, message } = describe(error)
      if (!call.signal.aborted) sendError(res, call.protocol, status, message)
      finish({ status, ending: sent ? 'cut' : 'unsent', usage: undefined })
    }
    const abort = () => {
      const reason = new Error('the agent went away')
      controller?.abort(reason)
      fail(reason)
    }
    call.signal.addEventListener('abort', abort)
    const flow: Flow = {
      resume: () => controller?.resume(),
      abort: (reason) => controller?.abort(new Error(reason)),
      finish,
    }
    try {
      call.pool.dispatch(
        { path: call.path, method: 'POST', headers: call.headers, body: call.body },
        {
          onRequestStart(started) {
            controller = started
            if (call.signal.aborted) return abort()
            sent = true
          },
          onResponseStart(_, status, headers) {
            if (status >= 200) answer = openAnswer(call, res, status, headers, flow)
          },
          onResponseData(_, chunk) {
            if (answer && !answer.write(chunk)) controller?.pause()
          },
          onResponseEnd: () => answer?.end(),
          onResponseError: (_, error) => fail(error),
        },
      )
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

interface Answer {
  /** False to hear nothing more until `resume`. */
  write(chunk: Buffer): boolean
  end(): void
  /** The provider broke off, or was made to. */
  fail(): CallEnding
}

interface Flow {
  resume(): void
  /** Ends the exchange with the provider; `fail` of the answer follows. */
  abort(reason: string): void
  finish(ending: CallEnding): void
}

function openAnswer(
  call: UpstreamCall,
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
          headersToAgent(headers, call.key, !decoder),
          createMeter(call.protocol, type),
          inner,
        )
      : explained(call, res, status, inner)
  return decoder ? decoding(decoder, open, flow) : open(flow)
}

/** The ordinary answer: each piece goes on as it comes. */
function streamed(
  call: UpstreamCall,
  res: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  meter: Meter,
  flow: Flow,
): Answer {
  const redactor = createRedactor(call.key)
  let size = 0
  const ending = (ended: boolean): CallEnding =>
    status >= 400
      ? { status, ending: 'refused', usage: undefined }
      : { status, ending: ended ? 'complete' : 'cut', usage: meter.usage(ended) }
  res.writeHead(status, headers)
  res.flushHeaders()
  res.on('drain', flow.resume)
  return {
    write(chunk) {
      size += chunk.length
      if (size > LONGEST_RESPONSE) flow.abort('the response has no end')
      meter.push(chunk)
      const out = redactor.push(chunk)
      return out.length === 0 || res.write(out)
    },
    end() {
      res.end(redactor.flush())
      flow.finish(ending(true))
    },
    fail() {
      res.destroy() // a clean end would pass the fragment off as the whole
      return ending(false)
    },
  }
}

/** An error page that is not in the protocol's language is put into its envelope. */
function explained(call: UpstreamCall, res: ServerResponse, status: number, flow: Flow): Answer {
  const chunks: Buffer[] = []
  let size = 0
  const send = (): CallEnding => {
    const text = redactText(Buffer.concat(chunks).toString(), call.key).replace(/\s+/g, ' ').trim()
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

function unreadable(call: UpstreamCall, res: ServerResponse, flow: Flow): Answer {
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

function describe(error: Error): { status: number; message: string } {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return { status: 504, message: 'Airlock: the provider did not answer in time. Try again.' }
  return {
    status: 502,
    message: 'Airlock: the provider cannot be reached. Try again; if it stays, tell whoever runs Airlock.',
  }
}

/** Answers with an error in the protocol's envelope, unless an answer has begun. */
export function sendError(
  res: ServerResponse,
  protocol: ModelProtocol,
  status: number,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): void {
  if (res.headersSent || res.destroyed) return void res.destroy()
  const body = Buffer.from(JSON.stringify({ ...protocol.error(status, message), ...more }))
  res.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-should-retry': String(status >= 500),
  })
  res.end(body)
}
