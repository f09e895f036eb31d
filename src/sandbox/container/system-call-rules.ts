import { ABSENT, type Architecture, FORBIDDEN } from '../bubblewrap/system-calls.ts'
import { OPEN_CALLS } from './open-calls.ts'

/** A filter in the form that Docker and Podman read, and libseccomp carries out. */
export interface SystemCallRules {
  readonly defaultAction: 'SCMP_ACT_ERRNO'
  readonly defaultErrnoRet: number
  readonly architectures: readonly string[]
  readonly syscalls: readonly Rule[]
}

interface Rule {
  readonly names: readonly string[]
  readonly action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO'
  readonly errnoRet?: number
  readonly args?: readonly Comparison[]
}

/** Holds when `argument & value` is `valueTwo`. */
interface Comparison {
  readonly index: number
  readonly op: 'SCMP_CMP_MASKED_EQ'
  readonly value: number
  readonly valueTwo: number
}

const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97

const ARCHITECTURES: Record<Architecture, string> = { x64: 'SCMP_ARCH_X86_64', arm64: 'SCMP_ARCH_AARCH64' }

/**
 * The same filter as bubblewrap's (../bubblewrap/seccomp.ts), from the same table, for engines that take rules instead of
 * a program. Foreign instruction sets are not named, so that libseccomp kills whoever uses one.
 */
export function systemCallRules(architecture: Architecture): SystemCallRules {
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: ENOSYS,
    architectures: [ARCHITECTURES[architecture]],
    syscalls: [
      { names: OPEN_CALLS, action: 'SCMP_ACT_ALLOW' },
      { names: Object.keys(FORBIDDEN), action: 'SCMP_ACT_ERRNO', errnoRet: EPERM },
      { names: Object.keys(ABSENT), action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
      ...only('clone', { index: 0, mask: NEW_NAMESPACES, values: [0] }, EPERM),
      ...only('personality', { index: 0, mask: WORD, values: [0, 0xffffffff] }, EPERM),
      ...only('socketpair', { index: 0, mask: WORD, values: [AF_UNIX] }, EAFNOSUPPORT),
      ...allBut('mknod', { index: 1, mask: FILE_TYPE, values: DEVICES }),
      ...allBut('mknodat', { index: 2, mask: FILE_TYPE, values: DEVICES }),
      ...allBut('ioctl', { index: 1, mask: WORD, values: TERMINAL_INJECTION }),
      ...sockets(),
    ],
  }
}

/** The kernel reads the low half of these arguments only: garbage above it must not change the answer. */
const WORD = 0xffffffff
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACES = 0x7e020000
const FILE_TYPE = 0xf000
/** Character and block. */
const DEVICES = [0x2000, 0x6000]
/** TIOCSTI, TIOCLINUX, TIOCSETD. */
const TERMINAL_INJECTION = [0x5412, 0x541c, 0x5423]

const AF_UNIX = 1
const INTERNET = [2, 10]
const AF_NETLINK = 16
const SOCKET_TYPE = 0xf
const STREAM_AND_DATAGRAM = [1, 2]
/** Whatever belongs to the type, TCP, UDP. */
const PROTOCOLS = [0, 6, 17]

/** Unix, TCP, UDP and NETLINK_ROUTE. A foreign protocol of the internet family falls through to ENOSYS. */
function sockets(): Rule[] {
  const family = (value: number) => compare(0, WORD, value)
  return [
    allow('socket', [family(AF_UNIX)]),
    allow('socket', [family(AF_NETLINK), compare(2, WORD, 0)]),
    ...others([0], WORD).map((cube) =>
      refuse('socket', EAFNOSUPPORT, [family(AF_NETLINK), compare(2, ...cube)]),
    ),
    ...INTERNET.flatMap((internet) => [
      ...STREAM_AND_DATAGRAM.flatMap((type) =>
        PROTOCOLS.map((protocol) =>
          allow('socket', [family(internet), compare(1, SOCKET_TYPE, type), compare(2, WORD, protocol)]),
        ),
      ),
      ...others(STREAM_AND_DATAGRAM, SOCKET_TYPE).map((cube) =>
        refuse('socket', EAFNOSUPPORT, [family(internet), compare(1, ...cube)]),
      ),
    ]),
    ...others([AF_UNIX, ...INTERNET, AF_NETLINK], WORD).map((cube) =>
      refuse('socket', EAFNOSUPPORT, [compare(0, ...cube)]),
    ),
  ]
}

interface Condition {
  readonly index: number
  readonly mask: number
  readonly values: readonly number[]
}

/** Allows a call with these values of an argument, and gives an error for all others. */
function only(name: string, { index, mask, values }: Condition, errno: number): Rule[] {
  return [
    ...values.map((value) => allow(name, [compare(index, mask, value)])),
    ...others(values, mask).map((cube) => refuse(name, errno, [compare(index, ...cube)])),
  ]
}

/** Gives EPERM for these values of an argument, and allows all others. */
function allBut(name: string, { index, mask, values }: Condition): Rule[] {
  return [
    ...values.map((value) => refuse(name, EPERM, [compare(index, mask, value)])),
    ...others(values, mask).map((cube) => allow(name, [compare(index, ...cube)])),
  ]
}

function allow(name: string, args: readonly Comparison[]): Rule {
  return { names: [name], action: 'SCMP_ACT_ALLOW', args }
}

function refuse(name: string, errnoRet: number, args: readonly Comparison[]): Rule {
  return { names: [name], action: 'SCMP_ACT_ERRNO', errnoRet, args }
}

function compare(index: number, mask: number, value: number): Comparison {
  return { index, op: 'SCMP_CMP_MASKED_EQ', value: mask, valueTwo: value }
}

type Cube = readonly [mask: number, value: number]

/**
 * Masked comparisons of which exactly one holds for every number under `mask` that is not among `values`. Rules cannot
 * say "none of these": engines read several comparisons of one argument as alternatives.
 */
export function others(values: readonly number[], mask: number, known = 0, value = 0): Cube[] {
  if (!values.some((one) => (one & known) >>> 0 === value)) return [[known, value]]
  const open = (mask & ~known) >>> 0
  if (open === 0) return []
  const bit = 2 ** (31 - Math.clz32(open))
  return [0, bit].flatMap((next) => others(values, mask, (known | bit) >>> 0, (value | next) >>> 0))
}
