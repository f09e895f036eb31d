import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'
import type { Provider } from './gateway.ts'
import { type ModelProtocol, type ModelRequest, parseObject } from './protocols/protocol.ts'
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
  | {
      readonly kind: 'call'
      readonly purpose: 'generate' | 'count'
      readonly apiPath: string
      readonly query: string
    }
  | { readonly kind: 'models' }
  | { readonly kind: 'alive' }
  | { readonly kind: 'refused'; readonly refusal: ModelRefusal }

/** What clients are known to ask for beside the path. A router may take a model or an address from anything else. */
const QUERY = /^(?:\?(?:beta=true|api-version=[\w.-]{1,40})?)?$/

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
  if (method === 'GET' && path === '/v1/models') return { kind: 'models' }
  const apiPath = path.replace(/^\/v1(?=\/)/, '')
  const purpose = Object.hasOwn(protocol.paths, apiPath) ? protocol.paths[apiPath] : undefined
  if (method === 'POST' && purpose && QUERY.test(query)) return { kind: 'call', purpose, apiPath, query }
  return { kind: 'refused', refusal: unknownPath(method, path + query, Object.keys(protocol.paths)) }
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
  provider: Provider,
  model: string | undefined,
  bytes: Buffer,
  headers: IncomingHttpHeaders,
): Admission | { readonly ok: false; readonly refusal: ModelRefusal } {
  const deny = (refusal: ModelRefusal) => ({ ok: false as const, refusal })
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return deny(unreadableRequest('a compressed request', 'The gateway reads plain requests only.', 415))
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
  const request = protocol.request(body)
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
