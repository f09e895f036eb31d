import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Refusal } from '#contract/refusal.ts'
import type { AskedFor } from '../gateway.ts'
import { decideRequest, decideTunnel } from './decide.ts'
import { malformedTarget, type NetworkRefusal, tooMuch, unresolved } from './network-refusals.ts'
import { exchangePlain } from './plain-exchange.ts'
import type { EgressPolicy } from './policy.ts'
import { dialed, type Internet } from './reach.ts'
import { openTunnel, type TunnelLimits } from './tunnel.ts'

export type { Internet } from './reach.ts'

export interface EgressLimits extends TunnelLimits {
  readonly connections: number
  /** Milliseconds to reach the host. */
  readonly connect: number
  /** Bytes per lane: little out, since whatever goes out could be a secret; much in. */
  readonly sent: number
  readonly received: number
}

export const EGRESS_LIMITS: EgressLimits = {
  connections: 64,
  connect: 10_000,
  hello: 10_000,
  idle: 120_000,
  sent: 64 * 1024 * 1024,
  received: 8 * 1024 * 1024 * 1024,
}

export interface EgressProxy {
  readonly server: Server
  /** Ends every connection and tunnel. */
  stop(): Promise<void>
}

/**
 * The proxy behind `egress.sock`: tunnels by CONNECT, and single requests of plain HTTP where a rule bounds them. What the
 * policy does not name exactly is refused, with its reason.
 */
export function createEgressProxy(
  policy: EgressPolicy,
  internet: Internet,
  limits: EgressLimits,
  onRefusal: (refusal: Refusal, asked: AskedFor | undefined) => void,
  onUse: () => void,
): EgressProxy {
  const tunnels = new Set<Socket>()
  const allowance = { up: limits.sent, down: limits.received }
  const report = ({ status: _, asked, ...refusal }: NetworkRefusal) => onRefusal(refusal, asked)

  const server = createServer({
    maxHeaderSize: 8 * 1024,
    headersTimeout: 10_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 1_000,
  })
  server.maxConnections = limits.connections
  server.setTimeout(limits.idle)

  server.on('connect', (req, client: Duplex, head: Buffer) => {
    onUse()
    if (!(client instanceof Socket)) return void client.destroy()
    tunnels.add(client)
    client.on('close', () => tunnels.delete(client))
    client.on('error', () => client.destroy())
    void connect(req.url ?? '', client, head).catch(() => client.destroy())
  })

  server.on('request', (req, res) => {
    onUse()
    res.on('error', () => undefined)
    res.shouldKeepAlive = false
    void plain(req, res).catch(() => res.destroy())
  })

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!error.code?.startsWith('HPE_')) return void socket.destroy() // broken off or too slow: nothing was tried
    onUse()
    const refusal = malformedTarget('a request that is not HTTP')
    report(refusal)
    deny(socket, refusal)
  })

  async function connect(target: string, client: Socket, head: Buffer): Promise<void> {
    const refuse = (refusal: NetworkRefusal) => {
      report(refusal)
      deny(client, refusal)
    }
    const decided = await decideTunnel(target, policy, internet)
    if ('status' in decided) return refuse(decided)
    if (allowance.up <= 0 || allowance.down <= 0) return refuse(tooMuch(target, 'bytes'))
    const upstream = await dialed(internet, decided.address, decided.port, limits.connect)
    if (!upstream) return refuse(unresolved(target))
    if (client.destroyed) return void upstream.destroy()
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    openTunnel(client, upstream, decided.host, head, limits, allowance, report)
  }

  async function plain(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const what = `${req.method} ${req.url}`
    const refuse = (refusal: NetworkRefusal) => {
      report(refusal)
      if (!res.headersSent) answer(res, refusal)
    }
    const decided = await decideRequest(req, policy, internet)
    if ('status' in decided) return refuse(decided)
    if (allowance.up <= 0 || allowance.down <= 0) return refuse(tooMuch(what, 'bytes'))
    const upstream = await dialed(internet, decided.address, decided.port, limits.connect)
    if (!upstream) return refuse(unresolved(what))
    if (res.destroyed) return void upstream.destroy()
    tunnels.add(upstream)
    upstream.on('close', () => tunnels.delete(upstream)).setTimeout(limits.idle, () => upstream.destroy())
    exchangePlain(req, res, { what, ...decided, upstream, allowance, refuse })
  }

  return {
    server,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      for (const tunnel of tunnels) tunnel.destroy()
      await closed
    },
  }
}

/** Answers and closes: what the client sends after a refusal is never read. */
function deny(client: Duplex, refusal: NetworkRefusal): void {
  if (!client.writable) return void client.destroy()
  const { body, reason } = answerOf(refusal)
  const lines = [
    `HTTP/1.1 ${refusal.status} ${reason}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ]
  client.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}

function answer(res: ServerResponse, refusal: NetworkRefusal): void {
  const { body, reason } = answerOf(refusal)
  res.writeHead(refusal.status, reason, {
    'content-type': 'application/json',
    'content-length': body.length,
  })
  res.end(body)
}

/** The reason stands in the status line too: package managers show that and hide the body. */
function answerOf({ rule, reason, remedy, asked }: NetworkRefusal): { body: Buffer; reason: string } {
  return {
    body: Buffer.from(JSON.stringify({ rule, reason, remedy, asked })),
    reason: `Airlock: ${reason} (${rule})`.replace(/[^\x20-\x7e]/g, '?').slice(0, 400),
  }
}
