import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import type { Provider } from './gateway.ts'
import { withinBounds } from './json-bounds.ts'
import { type ModelProtocol, type ModelRequest, type PathCall, parseObject } from './protocols/protocol.ts'
import {
  hazardous,
  type ModelRefusal,
  modelNotAllowed,
  unknownPath,
  unreadableRequest,
  upgradeRefused,
} from './refusals.ts'
import { repeatedKey } from './top-level-keys.ts'

/** What a request line may be for. */
export type Route =
  | ({
      readonly kind: 'call'
      readonly apiPath: string
      readonly query: string
    } & PathCall)
  | { readonly kind: 'models' }
  | { readonly kind: 'alive' }
  | { readonly kind: 'refused'; readonly refusal: ModelRefusal }

/** Reads the request line: anything but the protocol's own paths does not exist. */
export function route(
  protocol: ModelProtocol,
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
): Route {
  const [, path = '', query = ''] = /^([^?]*)(\?.*)?$/s.exec(url) ?? []
  if (headers.upgrade !== undefined) return { kind: 'refused', refusal: upgradeRefused(path) }
  if ((method === 'HEAD' || method === 'GET') && path === '/') return { kind: 'alive' }
  const versioned = `/${protocol.version}/`
  if (method === 'GET' && path === `${versioned}models`) return { kind: 'models' }
  const apiPath = path.startsWith(versioned) ? path.slice(versioned.length - 1) : path
  const call = method === 'POST' ? protocol.callAt(apiPath) : undefined
  const passed = queryToProvider(protocol, query)
  if (call && passed !== undefined) return { kind: 'call', apiPath, query: passed, ...call }
  return { kind: 'refused', refusal: unknownPath(method, path + withoutKey(query), protocol) }
}

/** What of a question goes on: a key is the agent's idea of one and stays here; anything unknown refuses the whole. */
function queryToProvider(protocol: ModelProtocol, query: string): string | undefined {
  if (query.length <= 1) return ''
  const parts = query.slice(1).split('&')
  const passed = parts.filter((part) => part !== '' && !part.startsWith('key='))
  const names = new Set(passed.map((part) => part.split('=')[0]))
  if (names.size < passed.length || !passed.every((part) => protocol.query.test(part))) return undefined
  return passed.length === 0 ? '' : `?${passed.join('&')}`
}

function withoutKey(query: string): string {
  return query.replace(/([?&]key=)[^&]*/g, '$1***')
}

export interface Admission {
  readonly ok: true
  readonly model: string
  readonly request: ModelRequest
  /** What to send: the bytes as they came, unless something had to be put in. */
  readonly body: Buffer
}

/** Decides on a call by its body, which is the agent's and hostile. Pure. */
export function admit(
  protocol: ModelProtocol,
  call: PathCall,
  provider: Provider,
  model: string | undefined,
  bytes: Buffer,
  headers: IncomingHttpHeaders,
): Admission | { readonly ok: false; readonly refusal: ModelRefusal } {
  const deny = (refusal: ModelRefusal) => ({ ok: false as const, refusal })
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return deny(unreadableRequest('a compressed request', 'The gateway reads plain requests only.', 415))
  if (!withinBounds(bytes))
    return deny(
      unreadableRequest(
        'a request of too many parts',
        'It has more values, or goes deeper, than any prompt.',
        413,
      ),
    )
  const text = isUtf8(bytes) ? bytes.toString() : undefined
  const body = text === undefined ? undefined : parseObject(text)
  if (text === undefined || body === undefined)
    return deny(
      unreadableRequest('a request that is not a JSON object', 'The body is not a JSON object in UTF-8.'),
    )
  const repeated = repeatedKey(text)
  if (repeated !== undefined)
    return deny(
      unreadableRequest(`the key ${repeated.slice(0, 100)} twice`, 'Which of the two counts is not defined.'),
    )
  const request = protocol.request(body, call)
  const allowed = model === undefined ? provider.models : [model]
  if (request.model === undefined || (allowed.length > 0 && !allowed.includes(request.model)))
    return deny(modelNotAllowed(request.model, allowed))
  if (request.hazard) return deny(hazardous(request.hazard))
  const injected = protocol.inject(text, body)
  return {
    ok: true,
    model: request.model,
    request,
    body: injected === undefined ? bytes : Buffer.from(injected),
  }
}
