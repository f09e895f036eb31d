import { call, callRefused, inside } from '../attacks.ts'
import { gotThrough, type LabCase, type Outcome, stopped } from '../lab-case.ts'

const group = 'privileges'
const CLONE_NEWUSER = 0x10000000
const CLONE_NEWNET = 0x40000000
const SIGCHLD = 17

export const PRIVILEGE_CASES: readonly LabCase[] = [
  {
    id: 'privileges.hold-capabilities',
    group,
    tries: 'find a capability among its own',
    stops: 'every capability is dropped, from the bounding set too',
    attack: inside(
      'shell',
      ["grep -E '^Cap(Prm|Eff|Bnd|Amb)' /proc/self/status | tr -s '\\t\\n' '  '"],
      (outcome) => (zeroes(outcome) ? stopped('all sets are empty') : gotThrough(said(outcome))),
    ),
  },
  {
    id: 'privileges.gain-by-execution',
    group,
    tries: 'gain rights by starting a set-user-id program',
    stops: 'no_new_privs is set for good',
    attack: inside('shell', ["grep NoNewPrivs /proc/self/status | tr -s '\\t' ' '"], (outcome) =>
      said(outcome) === 'NoNewPrivs: 1' ? stopped('no_new_privs') : gotThrough(said(outcome)),
    ),
  },
  {
    id: 'privileges.run-without-filter',
    group,
    tries: 'make system calls that no filter looks at',
    stops: 'a seccomp filter stands before the first instruction',
    attack: inside('shell', ["grep '^Seccomp:' /proc/self/status | tr -s '\\t' ' '"], (outcome) =>
      said(outcome) === 'Seccomp: 2' ? stopped('seccomp mode 2') : gotThrough(said(outcome)),
    ),
  },
  {
    id: 'privileges.be-root',
    group,
    tries: 'be root to begin with',
    stops: 'everything inside runs as uid 1000',
    attack: inside('shell', ['id -u; id -g'], (outcome) =>
      /^0$/m.test(said(outcome))
        ? gotThrough('it is root')
        : stopped(`uid ${said(outcome).replace('\n', ', gid ')}`),
    ),
  },
  {
    id: 'privileges.become-root',
    group,
    tries: 'become root with setuid',
    stops: 'uid 0 does not exist in its user namespace, and the capability is gone',
    attack: inside('become user', [0]),
  },
  {
    id: 'privileges.give-file-to-root',
    group,
    tries: 'give a file to root, so that the host would see one of its own',
    stops: 'uid 0 does not exist in its user namespace',
    attack: inside('own', ['/workspace/of-root', 0]),
  },
  {
    id: 'privileges.set-file-capability',
    group,
    tries: 'put a capability on a file of its own',
    stops: 'it needs CAP_SETFCAP',
    attack: callRefused(
      'setxattr',
      '/workspace/own',
      'security.capability',
      '\u0001\u0000\u0000\u0002\u00ff\u00ff\u00ff\u00ff\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000',
      20,
      0,
    ),
  },
  {
    id: 'privileges.be-more-important',
    group,
    tries: 'take processor time from everybody else by a better priority',
    stops: 'it needs CAP_SYS_NICE of the host',
    attack: callRefused('setpriority', 0, 0, -5),
  },
  {
    id: 'privileges.be-real-time',
    group,
    tries: 'become a real-time process, which nobody else interrupts',
    stops: 'it needs CAP_SYS_NICE of the host',
    attack: callRefused('sched_setscheduler', 0, 1, '\u0001\u0000\u0000\u0000'),
  },
  {
    id: 'privileges.make-user-namespace',
    group,
    tries: 'make a user namespace, in which it would be root',
    stops: 'seccomp refuses unshare, and bwrap leaves no user namespace to make',
    attack: call('unshare', CLONE_NEWUSER),
  },
  {
    id: 'privileges.clone-into-user-namespace',
    group,
    tries: 'start a child in a new user namespace',
    stops: 'seccomp reads the flags of clone',
    attack: call('clone', CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0),
  },
  {
    id: 'privileges.clone3',
    group,
    tries: 'start a child by clone3, whose flags no filter can read',
    stops: 'seccomp answers that there is no such call, and libraries fall back to clone',
    attack: call('clone3', 0, 88),
  },
  {
    id: 'privileges.make-network-namespace',
    group,
    tries: 'make a network namespace to build interfaces in',
    stops: 'seccomp refuses unshare',
    attack: call('unshare', CLONE_NEWNET),
  },
  {
    id: 'privileges.enter-namespace',
    group,
    tries: 'enter a namespace by its file',
    stops: 'seccomp refuses setns',
    attack: call('setns', { open: '/proc/self/ns/net' }, 0),
  },
  {
    id: 'privileges.mount',
    group,
    tries: 'mount something',
    stops: 'seccomp refuses mount, and the capability is gone',
    attack: call('mount', 'none', '/tmp', 'tmpfs', 0, 0),
  },
  {
    id: 'privileges.unmount-mask',
    group,
    tries: 'take a mask off /proc',
    stops: 'seccomp refuses umount2, and the capability is gone',
    attack: call('umount2', '/proc/kallsyms', 2),
  },
  {
    id: 'privileges.new-mount-calls',
    group,
    tries: 'mount by the newer calls',
    stops: 'seccomp refuses fsopen',
    attack: call('fsopen', 'tmpfs', 0),
  },
  {
    id: 'privileges.clone-mount-tree',
    group,
    tries: 'take a copy of the tree of mounts',
    stops: 'seccomp refuses open_tree',
    attack: call('open_tree', -100, '/', 1),
  },
  {
    id: 'privileges.make-mount-writable',
    group,
    tries: 'change a read-only mount to a writable one',
    stops: 'seccomp refuses mount_setattr',
    attack: call('mount_setattr', -100, '/usr', 0, 0, 32),
  },
  {
    id: 'privileges.change-root',
    group,
    tries: 'change its root directory',
    stops: 'seccomp refuses chroot, and the capability is gone',
    attack: call('chroot', '/workspace'),
  },
  {
    id: 'privileges.pivot-root',
    group,
    tries: 'swap the root of the mount namespace',
    stops: 'seccomp refuses pivot_root',
    attack: call('pivot_root', '/tmp', '/tmp'),
  },
]

function said(outcome: Outcome): string {
  return 'done' in outcome ? outcome.done : outcome.refused
}

function zeroes(outcome: Outcome): boolean {
  return (
    'done' in outcome && outcome.done !== '' && !/[1-9a-f]\w*/.test(outcome.done.replaceAll(/Cap\w+:/g, ''))
  )
}
