import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export interface ServerLimits {
  readonly connections: number
  /** Calls under way: any number of them may come through one connection, one behind the other. */
  readonly calls: number
  /** Milliseconds for a request's headers, and for the whole of it, to arrive. */
  readonly headers: number
  readonly request: number
  /** Milliseconds without a byte in either direction. */
  readonly idle: number
}

export const MODEL_SERVER_LIMITS: ServerLimits = {
  connections: 64,
  calls: 128,
  headers: 10_000,
  request: 60_000,
  idle: 900_000,
}

export interface ModelServer {
  readonly server: Server
  /** Ends every connection and call; resolves when each call has been settled. */
  stop(): Promise<void>
}

const GONE = new Error('the agent went away')

/** The HTTP server behind `model.sock`: bounded in connections and time, deaf to anything that is not a request. */
export function createModelServer(
  answer: (req: IncomingMessage, res: ServerResponse, signal: AbortSignal) => Promise<void> | void,
  limits: ServerLimits,
): ModelServer {
  const running = new Map<Promise<void>, AbortController>()

  const server = createServer(
    {
      maxHeaderSize: 32 * 1024,
      headersTimeout: limits.headers,
      requestTimeout: limits.request,
      connectionsCheckingInterval: Math.min(5_000, limits.headers),
      keepAliveTimeout: 60_000,
    },
    (req, res) => {
      if (running.size >= limits.calls) return void req.socket.destroy()
      const abort = new AbortController()
      res.on('close', () => {
        if (!res.writableFinished) abort.abort(GONE)
      })
      res.on('error', () => abort.abort(GONE))
      const work = Promise.resolve()
        .then(() => answer(req, res, abort.signal))
        .catch(() => void res.destroy())
        .finally(() => void running.delete(work))
      running.set(work, abort)
    },
  )
  server.maxConnections = limits.connections
  server.setTimeout(limits.idle)
  server.on('clientError', (_, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else socket.destroy()
  })
  return {
    server,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      for (const abort of running.values()) abort.abort(GONE)
      await Promise.all(running.keys())
      await closed
    },
  }
}
