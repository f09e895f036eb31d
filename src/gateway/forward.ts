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
  readonly signal: AbortSignal
}

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

function describe(error: Error): { status: number; message: string } {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return { status: 504, message: 'Airlock: the provider did not answer in time. Try again.' }
  return {
    status: 502,
    message: 'Airlock: the provider cannot be reached. Try again; if it stays, tell whoever runs Airlock.',
  }
}
