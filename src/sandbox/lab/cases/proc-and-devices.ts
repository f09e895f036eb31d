import { call, inside, mustBeRefused } from '../attacks.ts'
import { type LabCase, stopped } from '../lab-case.ts'

const group = 'proc and devices'

const SETTINGS = [
  '/proc/sys/kernel/core_pattern',
  '/proc/sys/kernel/hostname',
  '/proc/sys/vm/overcommit_memory',
  '/proc/sysrq-trigger',
  '/proc/self/uid_map',
  '/proc/self/setgroups',
]
const DEVICES = [
  'mem',
  'kmsg',
  'kvm',
  'fuse',
  'vda',
  'sda',
  'nvme0n1',
  'net/tun',
  'vsock',
  'input',
  'dri',
  'loop0',
]
const FACTS = ['kallsyms', 'kcore', 'keys', 'timer_list']

const slug = (path: string) => path.replaceAll('/', '-').replace(/^-/, '')

export const PROC_AND_DEVICE_CASES: readonly LabCase[] = [
  ...SETTINGS.map(
    (path): LabCase => ({
      id: `proc.write-${slug(path.replace('/proc/', ''))}`,
      group,
      tries: `write ${path}`,
      stops: 'the settings of the kernel belong to root of the host, which nobody inside is',
      attack: inside('append', [path, '0']),
    }),
  ),
  ...FACTS.map(
    (name): LabCase => ({
      id: `proc.read-${name}`,
      group,
      tries: `read /proc/${name}, which tells about the whole host`,
      stops: 'an empty file is mounted over it',
      attack: inside('read', [`/proc/${name}`], (outcome) =>
        'done' in outcome && outcome.done === '' ? stopped('empty') : mustBeRefused(outcome),
      ),
    }),
  ),
  {
    id: 'proc.unlink-mask',
    group,
    tries: 'remove one of the masks over /proc',
    stops: 'a mount point cannot be unlinked',
    attack: inside('unlink', ['/proc/kallsyms']),
  },
  {
    id: 'proc.lower-oom-score-of-first',
    group,
    tries: 'make the whole sandbox the last one that the kernel would kill for memory',
    stops: 'lowering the score needs a capability',
    attack: inside('append', ['/proc/1/oom_score_adj', '-500']),
  },
  {
    id: 'proc.lower-oom-score',
    group,
    tries: 'become the last one that the kernel would kill for memory',
    stops: 'lowering the score needs a capability',
    attack: inside('append', ['/proc/self/oom_score_adj', '-500']),
  },
  {
    id: 'proc.sys-tree',
    group,
    tries: 'look for the hardware and the cgroups of the host in /sys',
    stops: '/sys is not mounted, or belongs to a kernel user who has no right to write it',
    attack: inside('shell that finds', [
      'for f in /sys/fs/cgroup /sys/kernel; do test -w "$f" && echo "$f"; done; true',
    ]),
  },
  ...DEVICES.map(
    (name): LabCase => ({
      id: `devices.open-${slug(name)}`,
      group,
      tries: `open /dev/${name}`,
      stops: '/dev holds null, zero, full, random, urandom and terminals, nothing else',
      attack: inside('open', [`/dev/${name}`]),
    }),
  ),
  {
    id: 'devices.create-in-dev',
    group,
    tries: 'create files in /dev, which is memory that no limit of the workspace counts',
    stops: '/dev is read-only once it is furnished',
    attack: inside('create', ['/dev/intruder']),
  },
  {
    id: 'devices.open-terminal',
    group,
    tries: 'open the terminal that the server was started from',
    stops: 'a session of its own has no terminal',
    attack: inside('open', ['/dev/tty']),
  },
  {
    id: 'devices.inject-terminal-input',
    group,
    tries: 'type into the terminal of the host with TIOCSTI',
    stops: 'seccomp refuses the request, and there is no terminal',
    attack: call('ioctl', 0, 0x5412, 'x'),
  },
  {
    id: 'devices.make-block-device',
    group,
    tries: 'make a block device of its own for the disk of the host',
    stops: 'seccomp refuses it, and so does a user namespace',
    attack: call('mknodat', -100, '/workspace/disk', 0o060600, 0xfe00),
  },
  {
    id: 'devices.make-character-device',
    group,
    tries: "make a character device of its own for the host's memory",
    stops: 'seccomp refuses it, and so does a user namespace',
    attack: call('mknodat', -100, '/workspace/memory', 0o020600, 0x0101),
  },
  {
    id: 'devices.raise-io-rights',
    group,
    tries: 'get the right to speak to hardware ports',
    stops: 'seccomp refuses iopl',
    attack: call('iopl', 3),
  },
]
