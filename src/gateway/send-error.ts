import type { ServerResponse } from 'node:http'
import type { ModelProtocol } from './protocols/protocol.ts'

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
