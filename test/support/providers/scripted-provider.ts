import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the scripted model says in one answer. */
export interface Turn {
  readonly text?: string
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly input: object }[]
  readonly usage?: {
    /** As the protocol counts it. */
    readonly input: number
    readonly output: number
    readonly cacheRead?: number
    readonly cacheWrite?: number
  }
  /** Answers in its own way instead. */
  readonly raw?: (req: IncomingMessage, res: ServerResponse, body: string) => void
}

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface ScriptedProvider {
  readonly url: string
  readonly port: number
  readonly seen: SeenRequest[]
  /** Appends turns; a request beyond the last turn is answered with 500. */
  script(...turns: Turn[]): void
  close(): Promise<void>
}

/** Pieces of a stream, each written on its own, so that readers meet them one by one. */
export type Render = (
  turn: Turn,
  body: Record<string, unknown>,
) => { json: object; events: readonly string[]; list?: readonly object[] }

export interface Dialect {
  /** Paths that answer with the next turn. */
  readonly paths: readonly string[]
  readonly render: Render
  readonly models: object
  readonly modelsPath?: string
  /** Whether a path or a body asks for a stream, and a question for a stream that is one JSON list. */
  readonly streams?: (path: string, body: Record<string, unknown>) => boolean
  readonly streamsAsList?: (query: string) => boolean
  /** True when the request carries this key as the protocol does. */
  readonly authenticated: (headers: IncomingHttpHeaders) => boolean
  readonly unauthenticated: object
  /** What this host does not take in a body that the protocol allows, in its own words. */
  readonly refuses?: (body: Record<string, unknown>) => string | undefined
  /** Further fixed answers by path. */
  readonly fixed?: Readonly<Record<string, object>>
}

export const SCRIPT_KEY = 'sk-scripted-0123456789abcdef'

export async function startProvider(dialect: Dialect): Promise<ScriptedProvider> {
  const turns: Turn[] = []
  const seen: SeenRequest[] = []
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, text })
    const [path = '', query = ''] = (req.url ?? '').split('?')
    if (!dialect.authenticated(req.headers)) return json(res, 401, dialect.unauthenticated)
    if (path === (dialect.modelsPath ?? '/v1/models')) return json(res, 200, dialect.models)
    if (req.method === 'GET') return json(res, 404, { error: { message: 'not found' } })
    const fixed = dialect.fixed?.[path]
    if (fixed) return json(res, 200, fixed)
    const turn = dialect.paths.includes(path) ? turns.shift() : undefined
    if (!turn) return json(res, 500, { error: { message: `nothing scripted for ${path}` } })
    if (turn.raw) return turn.raw(req, res, text)
    const body = JSON.parse(text) as Record<string, unknown>
    const refused = dialect.refuses?.(body)
    if (refused !== undefined) return json(res, 400, { error: { message: refused } })
    const { json: whole, events, list = [] } = dialect.render(turn, body)
    const streams = dialect.streams?.(path, body) ?? body.stream === true
    if (!streams) return json(res, 200, whole)
    const asList = dialect.streamsAsList?.(query) === true
    const pieces = asList
      ? list.map((piece, at) => `${at === 0 ? '[' : ',\r\n'}${JSON.stringify(piece)}`)
      : events
    const type = asList ? 'application/json; charset=UTF-8' : 'text/event-stream; charset=utf-8'
    res.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' })
    for (const piece of asList ? [...pieces, ']'] : pieces) {
      res.write(piece)
      await new Promise((resolve) => setImmediate(resolve))
    }
    res.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    script: (...more) => void turns.push(...more),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

export function sse(name: string | undefined, data: object | string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return `${name === undefined ? '' : `event: ${name}\n`}data: ${text}\n\n`
}
