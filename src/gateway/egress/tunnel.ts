import type { Socket } from 'node:net'
import { LONGEST_HELLO, readClientHello } from './client-hello.ts'
import { type NetworkRefusal, otherServerName, tooMuch } from './network-refusals.ts'

export interface TunnelLimits {
  /** Milliseconds for the client to say for whom the connection is. */
  readonly hello: number
  /** Milliseconds without a byte in either direction. */
  readonly idle: number
}

/** Bytes left for a lane; one object for all its tunnels. */
export interface ByteAllowance {
  up: number
  down: number
}

/**
 * Joins a client to the host it was allowed, once its TLS greeting names that same host: otherwise a shared front end
 * could be asked for anybody behind it. Calls `refuse` at most once. Never throws.
 */
export function openTunnel(
  client: Socket,
  upstream: Socket,
  host: string,
  head: Buffer,
  limits: TunnelLimits,
  allowance: ByteAllowance,
  refuse: (refusal: NetworkRefusal) => void,
): void {
  let greeting = Buffer.from(head)
  let greeted = false
  let ended = false
  const close = () => {
    ended = true
    clearTimeout(deadline)
    client.destroy()
    upstream.destroy()
  }
  const cut = (refusal: NetworkRefusal) => {
    if (ended) return
    ended = true
    refuse(refusal)
    if (greeted) close()
    else client.end(UNRECOGNIZED_NAME, close)
    upstream.destroy()
  }
  const deadline = setTimeout(() => cut(otherServerName(host, 'silence')), limits.hello)
  for (const side of [client, upstream]) side.on('error', close).setTimeout(limits.idle, close)
  // what was received before the other side closed is still delivered
  client.on('close', () => upstream.destroySoon())
  upstream.on('close', () => client.destroySoon())
  client.on('close', () => clearTimeout(deadline))

  const listen = (chunk: Buffer) => {
    greeting = Buffer.concat([greeting, chunk])
    const hello = readClientHello(greeting)
    if (hello.kind === 'incomplete' && greeting.length <= LONGEST_HELLO) return
    client.off('data', listen)
    clearTimeout(deadline)
    if (hello.kind !== 'hello') return cut(otherServerName(host, 'something else'))
    if (hello.encrypted) return cut(otherServerName(host, 'an encrypted name'))
    if (hello.serverName !== host) return cut(otherServerName(host, hello.serverName ?? 'no name'))
    greeted = true
    allowance.up -= greeting.length
    upstream.write(greeting)
    pump(client, upstream, 'up')
    pump(upstream, client, 'down')
  }

  const pump = (from: Socket, to: Socket, way: 'up' | 'down') => {
    from.on('data', (chunk: Buffer) => {
      allowance[way] -= chunk.length
      if (allowance[way] < 0) return cut(tooMuch(host, way === 'up' ? 'bytes sent' : 'bytes received'))
      if (!to.write(chunk)) from.pause()
    })
    to.on('drain', () => from.resume())
    from.on('end', () => to.end())
  }

  client.on('data', listen)
  if (head.length > 0) listen(Buffer.alloc(0))
}

/** A fatal TLS alert, unrecognized_name (RFC 6066): a client shows it better than a broken connection. */
const UNRECOGNIZED_NAME = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70])
