import type { Redaction } from '../redact.ts'

/** One call as its target depends on it; `apiPath` is below the version and names `model` where the protocol does. */
export interface EndpointCall {
  readonly apiPath: string
  readonly query: string
  readonly purpose: 'generate' | 'count'
  readonly model: string
  readonly stream: boolean
}

/** What shows a provider who calls, and what masks it in answers. */
export interface Pass {
  readonly headers: Readonly<Record<string, string>>
  readonly redaction: Redaction
}

/** Where and how one provider takes the calls of its protocol. */
export interface Endpoint {
  readonly origin: string
  /** Path and question of a call. */
  target(call: EndpointCall): string
  /** Path and question of the list of models; undefined where there is none. */
  readonly models: string | undefined
  /** A promise only where a token must be fetched first; it rejects when none is to be had. */
  pass(): Pass | Promise<Pass>
  /** What to send of a body that is a JSON object. */
  body(body: Buffer, call: EndpointCall): Buffer
}
