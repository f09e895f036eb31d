import { assemble, type Line } from './bpf.ts'
import { ABSENT, type Architecture, EXAMINED, FORBIDDEN, NEWEST_KNOWN, numbersOn } from './system-calls.ts'

// struct seccomp_data { int nr; u32 arch; u64 instruction_pointer; u64 args[6] } on a little-endian machine
const NUMBER = 0
const ARCHITECTURE = 4
const lowHalf = (argument: number) => 16 + 8 * argument

const ALLOW = 0x7fff0000
const KILL_PROCESS = 0x80000000
const errno = (code: number) => 0x00050000 | code
const EPERM = errno(1)
const ENOSYS = errno(38)
const EPROTONOSUPPORT = errno(93)
const EAFNOSUPPORT = errno(97)

const AUDIT_ARCH: Record<Architecture, number> = { x64: 0xc000003e, arm64: 0xc00000b7 }
const FIRST_X32_CALL = 0x40000000

/**
 * The system call filter of every sandbox as the bytes `bwrap --seccomp` reads. Foreign instruction sets kill the
 * process, forbidden calls give EPERM, and calls newer than the table give ENOSYS.
 */
export function seccompFilter(architecture: Architecture): Uint8Array {
  return assemble([
    { load: ARCHITECTURE },
    { jump: 'equal', k: AUDIT_ARCH[architecture], yes: 'native' },
    { return: KILL_PROCESS },
    { label: 'native' },
    { load: NUMBER },
    ...(architecture === 'x64' ? noX32 : []),
    { jump: 'above', k: NEWEST_KNOWN, no: 'known' },
    { return: ENOSYS },
    { label: 'known' },
    ...refuseAll('absent', numbersOn(architecture, ABSENT), ENOSYS),
    ...refuseAll('forbidden', numbersOn(architecture, FORBIDDEN), EPERM),
    ...examine('clone', architecture, noNamespaces),
    ...examine('personality', architecture, plainPersonality),
    ...examine('mknod', architecture, noDevices(1)),
    ...examine('mknodat', architecture, noDevices(2)),
    ...examine('ioctl', architecture, noTerminalInjection),
    ...examine('socket', architecture, narrowSockets),
    ...examine('socketpair', architecture, unixPairs),
    { return: ALLOW },
  ])
}

/** x32 calls carry the native architecture and other numbers: they would walk past the whole table. */
const noX32: readonly Line[] = [
  { jump: 'at_least', k: FIRST_X32_CALL, no: 'not x32' },
  { return: KILL_PROCESS },
  { label: 'not x32' },
]

function refuseAll(name: string, numbers: readonly number[], answer: number): Line[] {
  return [
    ...numbers.map((k): Line => ({ jump: 'equal', k, yes: name })),
    { jump: 'at_least', k: 0, yes: `not ${name}` },
    { label: name },
    { return: answer },
    { label: `not ${name}` },
  ]
}

/** A body returns on every path, so the number need not be loaded again after it. */
function examine(call: keyof typeof EXAMINED, architecture: Architecture, body: readonly Line[]): Line[] {
  return numbersOn(architecture, { [call]: EXAMINED[call] }).flatMap((k): Line[] => [
    { jump: 'equal', k, no: `not ${call}` },
    ...body.map((line) => within(call, line)),
    { label: `not ${call}` },
  ])
}

/** Gives a body's labels names of their own. */
function within(call: string, line: Line): Line {
  if ('label' in line) return { label: `${call}: ${line.label}` }
  if (!('jump' in line)) return line
  return {
    ...line,
    ...(line.yes === undefined ? {} : { yes: `${call}: ${line.yes}` }),
    ...(line.no === undefined ? {} : { no: `${call}: ${line.no}` }),
  }
}

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
const NEW_NAMESPACES = 0x7e020000

const noNamespaces: readonly Line[] = [
  { load: lowHalf(0) },
  { mask: NEW_NAMESPACES },
  { jump: 'equal', k: 0, yes: 'plain' },
  { return: EPERM },
  { label: 'plain' },
  { return: ALLOW },
]

/** PER_LINUX, or the question which one it is: nothing that switches address randomisation off. */
const plainPersonality: readonly Line[] = [
  { load: lowHalf(0) },
  { jump: 'equal', k: 0, yes: 'plain' },
  { jump: 'equal', k: 0xffffffff, yes: 'plain' },
  { return: EPERM },
  { label: 'plain' },
  { return: ALLOW },
]

const FILE_TYPE = 0xf000
const CHARACTER_DEVICE = 0x2000
const BLOCK_DEVICE = 0x6000

function noDevices(modeArgument: number): readonly Line[] {
  return [
    { load: lowHalf(modeArgument) },
    { mask: FILE_TYPE },
    { jump: 'equal', k: CHARACTER_DEVICE, yes: 'device' },
    { jump: 'equal', k: BLOCK_DEVICE, yes: 'device' },
    { return: ALLOW },
    { label: 'device' },
    { return: EPERM },
  ]
}

const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
const TIOCSETD = 0x5423

/** The kernel looks at the low half of the request only, so garbage above it must not hide one. */
const noTerminalInjection: readonly Line[] = [
  { load: lowHalf(1) },
  { jump: 'equal', k: TIOCSTI, yes: 'injection' },
  { jump: 'equal', k: TIOCLINUX, yes: 'injection' },
  { jump: 'equal', k: TIOCSETD, yes: 'injection' },
  { return: ALLOW },
  { label: 'injection' },
  { return: EPERM },
]

const AF_UNIX = 1
const AF_INET = 2
const AF_INET6 = 10
const AF_NETLINK = 16
const NETLINK_ROUTE = 0
const SOCKET_TYPE = 0xf
const SOCK_STREAM = 1
const SOCK_DGRAM = 2
const IPPROTO_TCP = 6
const IPPROTO_UDP = 17

/** It makes two sockets of a family before it finds out whether they can be joined: TIPC's can, and are no longer narrow. */
const unixPairs: readonly Line[] = [
  { load: lowHalf(0) },
  { jump: 'equal', k: AF_UNIX, yes: 'allow' },
  { return: EAFNOSUPPORT },
  { label: 'allow' },
  { return: ALLOW },
]

/**
 * Unix sockets, TCP, UDP, and NETLINK_ROUTE, without which os.networkInterfaces() throws. Everything else is refused:
 * AF_VSOCK is in no namespace and could speak to a hypervisor.
 */
const narrowSockets: readonly Line[] = [
  { load: lowHalf(0) },
  { jump: 'equal', k: AF_UNIX, yes: 'allow' },
  { jump: 'equal', k: AF_INET, yes: 'internet' },
  { jump: 'equal', k: AF_INET6, yes: 'internet' },
  { jump: 'equal', k: AF_NETLINK, no: 'foreign' },
  { load: lowHalf(2) },
  { jump: 'equal', k: NETLINK_ROUTE, yes: 'allow', no: 'foreign' },
  { label: 'internet' },
  { load: lowHalf(1) },
  { mask: SOCKET_TYPE },
  { jump: 'equal', k: SOCK_STREAM, yes: 'protocol' },
  { jump: 'equal', k: SOCK_DGRAM, no: 'foreign' },
  { label: 'protocol' },
  { load: lowHalf(2) },
  { jump: 'equal', k: 0, yes: 'allow' },
  { jump: 'equal', k: IPPROTO_TCP, yes: 'allow' },
  { jump: 'equal', k: IPPROTO_UDP, yes: 'allow' },
  { return: EPROTONOSUPPORT },
  { label: 'foreign' },
  { return: EAFNOSUPPORT },
  { label: 'allow' },
  { return: ALLOW },
]
