import { call, inside, mustNotVisit } from '../attacks.ts'
import { gotThrough, type LabCase, stopped } from '../lab-case.ts'

const group = 'network'
const NAMESPACE = 'a network namespace of its own, with nothing in it but its own loopback'
const PROXY = 'the egress proxy opens nothing but exact names on a list, and the list is empty'
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const SOCK_RAW = 3

/** Several ways to write 127.0.0.1: even a proxy that let one through would reach the lab's own listener and no other. */
const LOOPBACKS = [
  ['literal', '127.0.0.1'],
  ['name', 'localhost'],
  ['integer', '2130706433'],
  ['octal', '0177.0.0.1'],
  ['short', '127.1'],
  ['ipv6-mapped', '[::ffff:127.0.0.1]'],
  ['trailing-dot', 'localhost.'],
  ['userinfo', 'registry.npmjs.org@127.0.0.1'],
] as const

const FAMILIES = [
  ['vsock', 40, SOCK_STREAM, 0, 'speak to the hypervisor'],
  ['packet', 17, SOCK_RAW, 0, 'see every packet'],
  ['crypto', 38, 5, 0, 'reach the crypto code of the kernel'],
  ['bluetooth', 31, SOCK_RAW, 1, 'use the bluetooth of the host'],
  ['can', 29, SOCK_RAW, 1, 'use the buses of the host'],
  ['xdp', 44, SOCK_RAW, 0, 'take packets past the network stack'],
  ['netfilter', 16, SOCK_RAW, 12, 'speak to the packet filter of the kernel'],
  ['audit', 16, SOCK_RAW, 9, 'speak to the audit system of the kernel'],
  ['raw', 2, SOCK_RAW, 1, 'send raw packets'],
  ['sctp', 2, SOCK_STREAM, 132, 'use a protocol nobody looks after'],
  ['udplite', 2, SOCK_DGRAM, 136, 'use another protocol nobody looks after'],
] as const

export const NETWORK_CASES: readonly LabCase[] = [
  {
    id: 'network.host-service',
    group,
    tries: 'reach a service that listens on 127.0.0.1 of the host',
    stops: NAMESPACE,
    attack: inside(
      'say to port',
      ({ tcpPort, word }) => [tcpPort, `${word} network.host-service\n`],
      mustNotVisit,
    ),
  },
  {
    id: 'network.host-datagram',
    group,
    tries: 'send a datagram to a service on 127.0.0.1 of the host',
    stops: NAMESPACE,
    attack: inside(
      'send to port',
      ({ udpPort, word }) => [udpPort, `${word} network.host-datagram\n`],
      mustNotVisit,
    ),
  },
  {
    id: 'network.abstract-socket',
    group,
    tries: 'reach an abstract socket of the host, as the session bus is one',
    stops: NAMESPACE,
    attack: inside(
      'say to abstract socket',
      ({ abstractSocket, word }) => [abstractSocket, `${word} network.abstract-socket\n`],
      mustNotVisit,
    ),
  },
  {
    id: 'network.path-socket',
    group,
    tries: 'reach a Unix socket of the host by its path, as the engine of containers is one',
    stops: 'the path is not mounted',
    attack: inside(
      'say to socket',
      ({ unixSocket, word }) => [unixSocket, `${word} network.path-socket\n`],
      mustNotVisit,
    ),
  },
  {
    id: 'network.interfaces',
    group,
    tries: 'find a network interface besides loopback',
    stops: NAMESPACE,
    attack: inside('shell that finds', [
      "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | grep -v '^lo$'",
    ]),
  },
  ...(
    [
      ['metadata', '169.254.169.254', 'the metadata service of a cloud, where credentials are'],
      ['internet', '8.8.8.8', 'an address of the internet'],
      ['private', '10.0.0.1', 'a private network'],
      ['home', '192.168.1.1', 'a home or office network'],
    ] as const
  ).map(
    ([name, address, what]): LabCase => ({
      id: `network.route-to-${name}`,
      group,
      tries: `find a route to ${address}, ${what}`,
      stops: `${NAMESPACE}: no route leads anywhere`,
      attack: inside('find a route', [address]),
    }),
  ),
  {
    id: 'network.names',
    group,
    tries: 'find a resolver of names that a route leads to',
    stops: 'resolv.conf is empty, and no route leads anywhere',
    attack: inside(
      'shell',
      ["grep -E '^nameserver' /etc/resolv.conf; tail -n +2 /proc/net/route | head -1"],
      (outcome) => {
        const said = 'done' in outcome ? outcome.done : ''
        const [named, routed] = [/^nameserver/m.test(said), /^(?!nameserver)\S+\s/m.test(said)]
        return named && routed ? gotThrough(said) : stopped(named ? 'no route to it' : 'no resolver is named')
      },
    ),
  },
  ...FAMILIES.map(
    ([name, family, type, protocol, what]): LabCase => ({
      id: `network.socket-${name}`,
      group,
      tries: `open a socket to ${what}`,
      stops: 'seccomp allows Unix, TCP, UDP and routing sockets only',
      attack: call('socket', family, type, protocol),
    }),
  ),
  ...LOOPBACKS.map(
    ([name, host]): LabCase => ({
      id: `network.proxy-${name}`,
      group,
      tries: `have the egress proxy open ${host}, a service of the host itself`,
      stops: PROXY,
      attack: inside(
        'say through proxy',
        ({ tcpPort, word }) => [
          '/run/airlock/egress.sock',
          `${host}:${tcpPort}`,
          `${word} network.proxy-${name}\n`,
        ],
        mustNotVisit,
      ),
    }),
  ),
]
