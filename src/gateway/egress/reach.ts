import type { Socket } from 'node:net'
import { type NetworkRefusal, privateAddress, unresolved } from './network-refusals.ts'

/** How the proxy reaches the world; injected, so that tests bring a world of their own. */
export interface Internet {
  /** All addresses of a name. Rejects or resolves to none when there are none. */
  resolve(host: string): Promise<readonly string[]>
  mayReach(address: string): boolean
  /** Begins a connection to an address that was resolved and allowed: the name is not looked up again. */
  dial(address: string, port: number): Socket
}

/** A host and the one of its addresses that was checked: the name cannot lead elsewhere afterwards. */
export interface Pinned {
  readonly host: string
  readonly address: string
  readonly port: number
}

/** Looks a name up that was allowed. A single address of it that may not be reached refuses it whole. */
export async function pinned(
  what: string,
  host: string,
  port: number,
  internet: Internet,
): Promise<NetworkRefusal | Pinned> {
  const addresses = await internet.resolve(host).catch(() => [])
  const [address] = addresses
  if (address === undefined) return unresolved(what)
  if (!addresses.every((each) => internet.mayReach(each))) return privateAddress(what)
  return { host, address, port }
}

/** Undefined when there is no connection within so many milliseconds. */
export function dialed(
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
