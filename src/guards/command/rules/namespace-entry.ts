import type { Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const KERNEL_HOOKS =
  /release_agent$|notify_on_release$|\/core_pattern$|\/modprobe$|uevent_helper$|binfmt_misc\/register$|\/(devices\.allow|cgroup\.procs)$/
const DISK = /^\/dev\/(sd[a-z]|nvme\d|vd[a-z]|xvd[a-z]|dm-\d|mapper\/|disk\/)/

export const namespaceEntry: CommandRule = {
  name: 'command.namespace-entry',
  class: 'container-escape',
  explanation:
    "Refuses to enter other namespaces or roots, to open disks below the file system, and the kernel's own hooks.",
  remedy: 'Stay in the sandbox; what a task needs from the host is given to it by a person.',
  refuses: [
    'nsenter -t 1 -m sh',
    'unshare -Ur',
    'chroot /host /bin/bash',
    'echo "|/tmp/x" > /proc/sys/kernel/core_pattern',
    'debugfs /dev/sda1',
    'mknod sda b 8 0',
  ],
  allows: ['lsns', 'ls /sys/fs/cgroup', 'cat /proc/self/cgroup', 'lsblk', 'unshare --help'],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (enters(invocation))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would leave the place it runs in.`,
          span: invocation.span,
        }
    for (const { target, invocation } of writtenTo(reading))
      if (KERNEL_HOOKS.test(target.text))
        yield {
          verdict: 'deny',
          reason: `${target.text} makes the kernel run a program.`,
          span: invocation?.span,
        }
    for (const { names, interpreter, strings, span } of reading.codes)
      if (
        names.has('setns') ||
        names.has('unshare') ||
        (names.has('chroot') && strings.some((text) => text.startsWith('/')))
      )
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program leaves the place it runs in.`,
          span,
        }
  },
}

function enters({ name, args, redirects }: Invocation): boolean {
  const readsDisk = [...operands(args), ...redirects.map(({ target }) => target)].some(({ text }) =>
    DISK.test(text),
  )
  switch (name) {
    case 'nsenter':
    case 'unshare':
    case 'chroot':
    case 'pivot_root':
    case 'systemd-nspawn':
    case 'bwrap':
    case 'proot':
    case 'fsfreeze':
    case 'arch-chroot':
      return args.length > 0 && !hasWord(args, '--help', '--version')
    case 'debugfs':
    case 'e2image':
    case 'xfs_db':
      return args.length > 0
    case 'mknod':
      return hasWord(args, 'b', 'c', 'u')
    case 'capsh':
      return args.length > 0
    case 'gdb':
    case 'strace':
    case 'ptrace':
      return hasFlag(args, 'p') && hasWord(args, '1')
    case 'machinectl':
      return /^(shell|login|exec)$/.test(firstOperand(args))
    case 'lxc':
    case 'incus':
      return hasWord(args, 'disk') && args.some(({ text }) => text === 'source=/')
    case 'cat':
    case 'strings':
    case 'xxd':
    case 'hexdump':
    case 'dd':
    case 'grep':
      return readsDisk
    default:
      return name.startsWith('qemu-system') && args.some(({ text }) => DISK.test(text))
  }
}
