import type { MiddlewareHandler } from 'hono'
import { problemResponse } from './problem.ts'

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/**
 * Answers only to names it was told to answer to. A page in somebody's browser can point a name of its own at
 * 127.0.0.1 (DNS rebinding); its requests still carry that name in `Host`.
 */
export function hostCheck(names: readonly string[] = []): MiddlewareHandler {
  const allowed = new Set([...LOOPBACK, ...names.map((name) => name.toLowerCase())])
  return async function checkHost(context, next) {
    const host = context.req
      .header('host')
      ?.toLowerCase()
      .replace(/:\d{1,5}$/, '')
    if (host !== undefined && allowed.has(host)) return next()
    return problemResponse({
      code: 'permission_denied',
      message: 'This server does not answer to that host name.',
      rule: 'http.host',
      remedy: 'Use http://localhost or http://127.0.0.1 with the port of the server.',
    })
  }
}
