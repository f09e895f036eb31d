import { call } from '../attacks.ts'
import type { LabCase } from '../lab-case.ts'

const group = 'kernel'
const FILTER = 'seccomp refuses'
const ABSENT = 'seccomp answers that there is no such call'

/** Arguments are always such that even a kernel that listened could do nothing with them. */
export const KERNEL_CASES: readonly LabCase[] = [
  one('load-program', 'load a program into the kernel', `${FILTER} bpf`, call('bpf', 5, 0, 0)),
  one(
    'perf',
    'measure the whole machine, a door to many old holes',
    `${FILTER} perf_event_open`,
    call('perf_event_open', 0, 0, -1, -1, 0),
  ),
  one(
    'userfault',
    'stop the kernel in the middle of a copy',
    `${FILTER} userfaultfd`,
    call('userfaultfd', 1),
  ),
  one('io-uring', 'hand its requests to io_uring, past every filter', ABSENT, call('io_uring_setup', 1, 0)),
  one('keyring', 'join a keyring of the user it is outside', `${FILTER} keyctl`, call('keyctl', 0, -3, 0)),
  one('add-key', 'put a key into a keyring', `${FILTER} add_key`, call('add_key', 'user', 'lab', 'x', 1, -2)),
  one(
    'request-key',
    'have the kernel start a helper of root for a key',
    `${FILTER} request_key`,
    call('request_key', 'user', 'lab', 0, 0),
  ),
  one('load-module', 'load a module', `${FILTER} init_module`, call('init_module', 0, 0, '')),
  one(
    'new-kernel',
    'put another kernel in place',
    `${FILTER} kexec_load`,
    call('kexec_load', 0, 0, 0, 0xffff),
  ),
  one('swap', 'swap to a file of its own', `${FILTER} swapon`, call('swapon', '/nonexistent', 0)),
  one(
    'handle',
    'open a file by its number, past all directories',
    `${FILTER} open_by_handle_at`,
    call('open_by_handle_at', -1, 0, 0),
  ),
  one(
    'handle-name',
    'ask for the number of a file',
    `${FILTER} name_to_handle_at`,
    call('name_to_handle_at', -100, '/', 0, 0, 0),
  ),
  one('kernel-log', "read the kernel's log", `${FILTER} syslog`, call('syslog', 10, 0, 0)),
  one('clock', 'set the clock', `${FILTER} clock_settime`, call('clock_settime', 0, 0)),
  one(
    'accounting',
    'have the kernel write accounts of all processes',
    `${FILTER} acct`,
    call('acct', '/nonexistent'),
  ),
  one(
    'randomisation',
    'switch the randomisation of addresses off',
    `${FILTER} personality`,
    call('personality', 0x0040000),
  ),
  one('fanotify', 'watch the files of everybody', `${FILTER} fanotify_init`, call('fanotify_init', 0x200, 0)),
  one('secret-memory', 'hide memory from the kernel itself', ABSENT, call('memfd_secret', 0xffff)),
  one(
    'foreign-instruction-set',
    'make calls of the x32 instruction set, which have other numbers',
    'the filter kills who tries',
    call('x32_getpid'),
  ),
  one('unknown-call', 'make a call that is newer than the filter', ABSENT, call('not_yet_known')),
]

function one(name: string, tries: string, stops: string, attack: LabCase['attack']): LabCase {
  return { id: `kernel.${name}`, group, tries, stops, attack }
}
