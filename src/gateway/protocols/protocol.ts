import type { Protocol } from '../gateway.ts'
import type { Usage } from '../usage.ts'

/** What a path says of a call; only some protocols name the model and the stream there. */
export interface PathCall {
  readonly purpose: 'generate' | 'count'
  readonly model?: string
  readonly stream?: boolean
}

/** What the gateway must know of a request before it may go on. */
export interface ModelRequest {
  readonly model: string | undefined
  readonly stream: boolean
  /** Upper bound of what may be generated; undefined where the request names none that everybody would read alike. */
  readonly outputTokens: number | undefined
  /** True when the provider adds what it has stored to what is sent: nobody can tell from the request how much. */
  readonly addsStored: boolean
  /** A part of the request that would let the agent out, hide its cost or change its price. */
  readonly hazard: Hazard | undefined
}

/** `rule` is the name a refusal carries, `found` the part of the request that it is about. */
export interface Hazard {
  readonly rule:
    | 'model.not-allowed'
    | 'model.hosted-tool'
    | 'model.remote-content'
    | 'model.background'
    | 'model.many-answers'
    | 'model.service-order'
    | 'model.service-tier'
  readonly found: string
}

/** Reads usage from the events of one stream. */
export interface UsageReader {
  /** The data of one server-sent event. Never throws. */
  read(data: string): void
  /** Undefined until the stream has said its final usage; `ended` when the stream came to its proper end. */
  usage(ended: boolean): Usage | undefined
  /** What it has said so far: at least so much was used, however the stream ends. */
  said(): Usage | undefined
}

export type JsonObject = Readonly<Record<string, unknown>>

/** One wire protocol. Everything here is pure: bytes and sockets are the gateway's. */
export interface ModelProtocol {
  readonly name: Protocol
  /** Stands in front of every path where a base URL does not say it. */
  readonly version: string
  /** The paths below the version that exist for the agent, as a refusal lists them. */
  readonly paths: readonly string[]
  /** What a path is for; undefined for a path that does not exist. */
  callAt(path: string): PathCall | undefined
  /** The same path for another model, where paths name it. */
  pathFor(path: string, model: string): string
  /** What may stand in a question after a path: routers take a model or an address from anything else. */
  readonly query: RegExp
  /** The headers that carry the provider's key. */
  authentication(key: string): Readonly<Record<string, string>>
  request(body: JsonObject, call: PathCall): ModelRequest
  /** The text to send instead, where usage would otherwise not be reported; undefined to send the bytes as they came. */
  inject(text: string, body: JsonObject): string | undefined
  /** The usage in a whole response; undefined if it does not say. */
  usage(response: JsonObject): Usage | undefined
  usageReader(): UsageReader
  /** An error as this protocol's clients expect it. */
  error(status: number, message: string): JsonObject
  /** The answer to `GET /v1/models`, and what it names when a provider answers it. */
  models(names: readonly string[]): JsonObject
  namesIn(models: JsonObject): readonly string[]
  /** The smallest request there is, to try a key and a model. */
  probe(model: string): { readonly path: string; readonly body: JsonObject }
}

/** Paths that say nothing but what they are for. */
export function plainPaths(
  purposes: Readonly<Record<string, PathCall['purpose']>>,
): Pick<ModelProtocol, 'version' | 'paths' | 'callAt' | 'pathFor' | 'query'> {
  const calls = new Map(Object.entries(purposes).map(([path, purpose]) => [path, { purpose }]))
  return {
    version: 'v1',
    paths: [...calls.keys()],
    callAt: (path) => calls.get(path),
    pathFor: (path) => path,
    query: /^(beta=true|api-version=[\w.-]{1,40})$/,
  }
}

/** The ids in a list of models as Anthropic and OpenAI write it. */
export function idsIn(models: JsonObject): readonly string[] {
  return objectsIn(models.data).flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The objects in a list that came from outside; none if it is not a list. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
