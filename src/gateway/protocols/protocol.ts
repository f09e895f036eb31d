import type { Protocol } from '../gateway.ts'
import type { Usage } from '../usage.ts'

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
    | 'model.service-tier'
  readonly found: string
}

/** Reads usage from the events of one stream. */
export interface UsageReader {
  /** The data of one server-sent event. Never throws. */
  read(data: string): void
  /** Undefined until the stream has said its final usage; `ended` when the stream came to its proper end. */
  usage(ended: boolean): Usage | undefined
}

export type JsonObject = Readonly<Record<string, unknown>>

/** One wire protocol. Everything here is pure: bytes and sockets are the gateway's. */
export interface ModelProtocol {
  readonly name: Protocol
  /** What a path below the API root is for; a path that is not here does not exist for the agent. */
  readonly paths: Readonly<Record<string, 'generate' | 'count'>>
  /** The headers that carry the provider's key. */
  authentication(key: string): Readonly<Record<string, string>>
  request(body: JsonObject): ModelRequest
  /** The text to send instead, where usage would otherwise not be reported; undefined to send the bytes as they came. */
  inject(text: string, body: JsonObject): string | undefined
  /** The usage in a whole response; undefined if it does not say. */
  usage(response: JsonObject): Usage | undefined
  usageReader(): UsageReader
  /** An error as this protocol's clients expect it. */
  error(status: number, message: string): JsonObject
  /** The answer to `GET /v1/models`. */
  models(names: readonly string[]): JsonObject
  /** The smallest request there is, to try a key and a model. */
  probe(model: string): { readonly path: string; readonly body: JsonObject }
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
