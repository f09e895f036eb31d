import { BlockList, isIP } from 'node:net'

/**
 * True for an address on the public internet: not this host, not its networks, not a cloud's metadata service, not
 * multicast, not a way to write a v4 address as v6. IANA special-purpose registries (RFC 6890 and its updates).
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !SPECIAL_V4.check(address, 'ipv4')
  if (isIP(address) === 6 && !address.includes('%'))
    return GLOBAL_V6.check(address, 'ipv6') && !SPECIAL_V6.check(address, 'ipv6')
  return false
}

/**
 * As `isPublicAddress`, and besides it the networks an administrator named: a registry's mirror often stands in the
 * organisation's own. This host, its link and the metadata services of clouds stay refused, whatever was named.
 * Throws when one is not a network such as `10.20.0.0/16`.
 */
export function publicOrNamed(networks: readonly string[]): (address: string) => boolean {
  const named = {
    ipv4: subnets(
      'ipv4',
      networks.filter((network) => !network.includes(':')),
    ),
    ipv6: subnets(
      'ipv6',
      networks.filter((network) => network.includes(':')),
    ),
  }
  return (address) => {
    if (isPublicAddress(address)) return true
    if (isIP(address) === 4) return named.ipv4.check(address, 'ipv4') && !NEVER_V4.check(address, 'ipv4')
    if (isIP(address) !== 6 || address.includes('%')) return false
    return (
      named.ipv6.check(address, 'ipv6') && OWN_V6.check(address, 'ipv6') && !NEVER_V6.check(address, 'ipv6')
    )
  }
}

const SPECIAL_V4 = subnets('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32', // a public address, but the host agent of Azure
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
])

/** Everything else of IPv6 is local, multicast, mapped or translated (::ffff:0:0/96, 64:ff9b::/96). */
const GLOBAL_V6 = subnets('ipv6', ['2000::/3'])

const SPECIAL_V6 = subnets('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])

const NEVER_V4 = subnets('ipv4', [
  '0.0.0.0/8',
  '100.100.100.200/32', // metadata of Alibaba Cloud
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.0/24', // metadata of Oracle Cloud
  '224.0.0.0/4',
  '240.0.0.0/4',
])

/** Unique local addresses are the only private ones of IPv6 that a mirror can have. */
const OWN_V6 = subnets('ipv6', ['fc00::/7'])
const NEVER_V6 = subnets('ipv6', ['fd00:ec2::/32', 'fd20:ce::/32']) // metadata of AWS and of Google Cloud

function subnets(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', prefix = ''] = range.split('/')
    if (!/^\d{1,3}$/.test(prefix)) throw new RangeError(`${range} is not a network`)
    list.addSubnet(network, Number(prefix), family)
  }
  return list
}
