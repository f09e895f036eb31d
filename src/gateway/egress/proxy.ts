import { createServer, type Server } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Refusal } from '#contract/refusal.ts'
import { parseAuthority } from './authority.ts'
import {
  addressLiteral,
  hostNotAllowed,
  malformedTarget,
  type NetworkRefusal,
  noNetwork,
  plainHttp,
  privateAddress,
  tooMuch,
  unresolved,
} from './network-refusals.ts'
import { openTunnel, type TunnelLimits } from './tunnel.ts'

/** How the proxy reaches the world; injected, so that tests bring a world of their own. */
export interface Internet {
  /** All addresses of a name. Rejects or resolves to none when there are none. */
  resolve(host: string): Promise<readonly string[]>
  mayReach(address: string): boolean
  /** Begins a connection to an address that was resolved and allowed: the name is not looked up again. */
  dial(address: string, port: number): Socket
}

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

/** The CONNECT proxy behind `egress.sock`. What is not in `allowed` as an exact `host:port` is refused, with its reason. */
export function createEgressProxy(
  allowed: ReadonlySet<string>,
  internet: Internet,
  limits: EgressLimits,
  onRefusal: (refusal: Refusal) => void,
  onUse: () => void,
): EgressProxy {
  const tunnels = new Set<Socket>()
  const allowance = { up: limits.sent, down: limits.received }
  const report = ({ status: _, ...refusal }: NetworkRefusal) => onRefusal(refusal)

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
    const what = `${req.method} ${req.url}`
    const refusal = /^http:/i.test(req.url ?? '')
      ? allowed.size === 0
        ? noNetwork(what)
        : plainHttp(what)
      : malformedTarget(what)
    report(refusal)
    res.on('error', () => undefined)
    res.shouldKeepAlive = false
    const { body, reason } = answerOf(refusal)
    res.writeHead(refusal.status, reason, {
      'content-type': 'application/json',
      'content-length': body.length,
    })
    res.end(body)
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
    const decided = await decide(target, allowed, internet)
    if ('status' in decided) return refuse(decided)
    if (allowance.up <= 0 || allowance.down <= 0) return refuse(tooMuch(target, 'bytes'))
    const upstream = await dialed(internet, decided.address, decided.port, limits.connect)
    if (!upstream) return refuse(unresolved(target))
    if (client.destroyed) return void upstream.destroy()
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    openTunnel(client, upstream, decided.host, head, limits, allowance, report)
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

/** Decides on a target, and pins the address that was checked so that the name cannot lead elsewhere afterwards. */
async function decide(
  target: string,
  allowed: ReadonlySet<string>,
  internet: Internet,
): Promise<NetworkRefusal | { readonly host: string; readonly address: string; readonly port: number }> {
  const authority = parseAuthority(target)
  if (authority.kind === 'malformed') return malformedTarget(target)
  if (allowed.size === 0) return noNetwork(target)
  if (authority.kind === 'address') return addressLiteral(target)
  const { host, port } = authority
  if (!allowed.has(`${host}:${port}`)) return hostNotAllowed(target, allowed)
  const addresses = await internet.resolve(host).catch(() => [])
  const [address] = addresses
  if (address === undefined) return unresolved(target)
  if (!addresses.every((each) => internet.mayReach(each))) return privateAddress(target)
  return { host, address, port }
}

function dialed(
  internet: Internet,
  address: string,
  port: number,
  timeout: number,
): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = internet.dial(address, port)
    const give = (result: Socket | undefined) => {
      clearTimeout(timer)
      if (!result) socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => give(undefined), timeout)
    socket.on('error', () => give(undefined))
    socket.once('connect', () => give(socket))
  })
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

/** The reason stands in the status line too: package managers show that and hide the body. */
function answerOf(refusal: NetworkRefusal): { body: Buffer; reason: string } {
  const { rule, reason, remedy } = refusal
  return {
    body: Buffer.from(JSON.stringify({ rule, reason, remedy })),
    reason: `Airlock: ${reason} (${rule})`.replace(/[^\x20-\x7e]/g, '?').slice(0, 400),
  }
}
