import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { HttpApp } from './route.ts'

export interface Listening {
  readonly port: number
  readonly url: string
  /** Stops accepting, then ends what is open, event streams included. */
  close(): Promise<void>
}

/** A flood of connections must not take the descriptors that git, the database and the sandboxes need. */
const MOST_CONNECTIONS = 1_000

/** Opens the API on an address of loopback unless told otherwise. Port 0 takes a free one. */
export async function listen(app: HttpApp, port: number, address = '127.0.0.1'): Promise<Result<Listening>> {
  // With its own Request in place of the global one: the bound on bodies makes a Request of a Request.
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  server.maxConnections = MOST_CONNECTIONS
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>()
  server.once('error', resolve)
  server.listen(port, address, () => resolve(undefined))
  const problem = await promise
  if (problem !== undefined) return refused(cannotListen(problem, port, address))
  const bound = server.address()
  const taken = typeof bound === 'object' && bound !== null ? bound.port : port
  const name = address.includes(':') ? `[${address}]` : address
  return ok({ port: taken, url: `http://${name}:${taken}`, close: () => close(server) })
}

function close(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  return promise
}

function cannotListen(problem: NodeJS.ErrnoException, port: number, address: string) {
  if (problem.code === 'EADDRINUSE')
    return {
      code: 'port_taken' as const,
      message: `Port ${port} of ${address} is already taken.`,
      remedy: 'Stop what listens there, or choose another port with AIRLOCK_PORT.',
      details: { port, address },
    }
  return {
    code: 'invalid_configuration' as const,
    message: `Cannot listen on ${address}, port ${port}: ${problem.code ?? problem.message}.`,
    remedy: 'Choose an address of this machine and a port above 1023.',
    details: { port, address },
  }
}
