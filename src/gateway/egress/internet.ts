import { lookup } from 'node:dns/promises'
import { connect } from 'node:net'
import { isPublicAddress, publicOrNamed } from './address-policy.ts'
import type { Internet } from './reach.ts'

/** The real one: this host's resolver, public addresses only. */
export const PUBLIC_INTERNET: Internet = {
  async resolve(host) {
    const found = await lookup(host, { all: true, verbatim: true })
    return found.map(({ address }) => address)
  },
  mayReach: isPublicAddress,
  dial: (address, port) => connect({ host: address, port, allowHalfOpen: true }),
}

/** The same, and besides it the networks an administrator named for registries of their own. */
export function internetWith(networks: readonly string[]): Internet {
  return { ...PUBLIC_INTERNET, mayReach: publicOrNamed(networks) }
}
