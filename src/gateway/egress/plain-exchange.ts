import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type NetworkRefusal, tooMuch, unresolved } from './network-refusals.ts'
import type { ByteAllowance } from './tunnel.ts'

/** One plain HTTP request that was allowed, and the connection to the one address that was checked for it. */
export interface PlainExchange {
  readonly what: string
  /** As it stands in `Host`. */
  readonly authority: string
  readonly path: string
  readonly upstream: Socket
  readonly allowance: ByteAllowance
  readonly refuse: (refusal: NetworkRefusal) => void
}

/** RFC 9110 section 7.6.1, and what proxies add of their own. */
const HOP_BY_HOP = [
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

const WITH_BODY = ['POST', 'PUT', 'PATCH']

/** True when a request brings a body where its method has none: two servers may disagree where it ends. */
export function hasStrayBody({ method = '', headers }: IncomingMessage): boolean {
  if (WITH_BODY.includes(method)) return false
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}

/** Headers that some servers take another method, path or host from; to CGI an underscore is a dash. */
const STEERING = /^(?:x-(?:http-)?method(?:-override)?|x-(?:original|rewrite|forwarded)-.*|x-host|forwarded)$/

/** True when a request says twice what it wants: it would be judged by the one and answered by the other. */
export function isSteered({ headers }: IncomingMessage): boolean {
  return Object.keys(headers).some((name) => STEERING.test(name.replaceAll('_', '-')))
}

/** Passes one request on and its answer back, each written anew; a redirect is an answer like any other. Never throws. */
export function exchangePlain(req: IncomingMessage, res: ServerResponse, exchange: PlainExchange): void {
  const { what, authority, path, upstream, allowance, refuse } = exchange
  let ended = false
  const end = (refusal?: NetworkRefusal) => {
    if (ended) return
    ended = true
    upstream.destroy()
    if (refusal === undefined || res.headersSent) res.destroy()
    if (refusal !== undefined) refuse(refusal)
  }
  const headers = passedOn(req.rawHeaders)
  allowance.up -= path.length + headers.reduce((sum, text) => sum + text.length, 0)
  const out = request({
    createConnection: () => upstream,
    method: req.method ?? 'GET',
    path,
    headers: ['Host', authority, 'Connection', 'close', ...headers],
    maxHeaderSize: 16 * 1024,
  })
  out.on('error', () => end(unresolved(what)))
  out.on('upgrade', () => end(unresolved(what)))
  out.on('response', (answer) => {
    const { statusCode = 0 } = answer
    // Any three digits are read, and not all can be written.
    if (ended || statusCode < 200) return end(unresolved(what))
    res.writeHead(statusCode, passedOn(answer.rawHeaders))
    answer.on('data', (chunk: Buffer) => {
      allowance.down -= chunk.length
      if (allowance.down < 0) return end(tooMuch(what, 'bytes received'))
      if (!res.write(chunk)) answer.pause()
    })
    res.on('drain', () => answer.resume())
    answer.on('error', () => end())
    answer.on('end', () => {
      if (answer.complete) res.end(() => end())
      else end()
    })
  })
  req.on('data', (chunk: Buffer) => {
    allowance.up -= chunk.length
    if (allowance.up < 0) return end(tooMuch(what, 'bytes sent'))
    if (!out.write(chunk)) req.pause()
  })
  out.on('drain', () => req.resume())
  req.on('end', () => out.end())
  req.on('error', () => end())
  res.on('close', () => end())
}

/** Names and values in turn, without what is meant for the next hop alone. */
function passedOn(raw: readonly string[]): string[] {
  const pairs = raw.flatMap((name, place) => (place % 2 === 0 ? [[name, raw[place + 1] ?? ''] as const] : []))
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((name) => name.trim())
  const dropped = new Set([...HOP_BY_HOP, ...named])
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase())).flat()
}
