import type { ServerResponse } from 'node:http'
import { type Dispatcher, errors } from 'undici'
import { type Answer, type CallEnding, type Flow, openAnswer } from './answer.ts'
import type { ModelProtocol } from './protocols/protocol.ts'
import type { Redaction } from './redact.ts'
import { sendError } from './send-error.ts'

export interface UpstreamCall {
  readonly pool: Dispatcher
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Buffer
  readonly protocol: ModelProtocol
  readonly redaction: Redaction
  /** Given each JSON text of the answer as it comes. */
  readonly onJson?: (json: Buffer) => void
  readonly signal: AbortSignal
  /** Another provider stands by: an overload, a failure or silence is not told to the agent, but left to that one. */
  readonly standby: boolean
}

/** Sends one call and streams its answer to the agent, byte for byte but for the key. Never rejects. */
export function forward(call: UpstreamCall, res: ServerResponse): Promise<CallEnding> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined
    let answer: Answer | undefined
    let sent = false
    let over = false
    const finish = (ending: CallEnding) => {
      over = true
      call.signal.removeEventListener('abort', abort)
      resolve(ending)
    }
    const fail = (error: Error) => {
      if (over) return
      // nothing of an answer that breaks off before its first byte was told
      const told = res.headersSent || !call.standby || call.signal.aborted
      if (answer && told) return finish(answer.fail())
      finish(unanswered(call, res, describe(error), sent ? 'cut' : 'unsent'))
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
            if (status < 200) return
            if (!call.standby || !isPassing(status)) answer = openAnswer(call, res, status, headers, flow)
            else {
              finish({ status, ending: 'refused', usage: undefined, untold: true })
              controller?.abort(new Error('left to another provider'))
            }
          },
          onResponseData(_, chunk) {
            if (answer && !answer.write(chunk)) controller?.pause()
          },
          onResponseEnd: () => (answer ? answer.end() : fail(new Error('no answer'))),
          onResponseError: (_, error) => fail(error),
        },
      )
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

/** The ending of a call whose provider cannot be asked at all. */
export function unreachable(
  call: Pick<UpstreamCall, 'protocol' | 'signal' | 'standby'>,
  res: ServerResponse,
) {
  return unanswered(call, res, UNREACHABLE, 'unsent')
}

function unanswered(
  call: Pick<UpstreamCall, 'protocol' | 'signal' | 'standby'>,
  res: ServerResponse,
  { status, message }: Explanation,
  ending: 'cut' | 'unsent',
): CallEnding {
  const untold = call.standby && !call.signal.aborted
  if (!untold && !call.signal.aborted) sendError(res, call.protocol, status, message)
  return { status, ending, usage: undefined, untold }
}

/** Too many requests, and whatever is the provider's own fault: another one may well answer. */
function isPassing(status: number): boolean {
  return status === 429 || status >= 500
}

interface Explanation {
  readonly status: number
  readonly message: string
}

const UNREACHABLE: Explanation = {
  status: 502,
  message: 'Airlock: the provider cannot be reached. Try again; if it stays, tell whoever runs Airlock.',
}

function describe(error: Error): Explanation {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return { status: 504, message: 'Airlock: the provider did not answer in time. Try again.' }
  return UNREACHABLE
}
