import type { Invocation } from '../reading.ts'
import { hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const DISK =
  /^\/dev\/(?!(null|zero|full|u?random|stdout|stderr|stdin|tty|fd|shm|pts|tcp|udp|ptmx|mqueue)(\d|\/|$))/
const FORMATTERS =
  /^(mkfs(\.\w{1,12})?|mke2fs|wipefs|sgdisk|blkdiscard|mkswap|badblocks|vgremove|lvremove|pvremove|scrub|nwipe|dban)$/

export const diskDestruction: CommandRule = {
  name: 'command.disk-destruction',
  class: 'destructive',
  explanation: 'Refuses to format, partition or overwrite disks, and to shut the machine down.',
  remedy: 'Work on an image file inside the workspace: `dd … of=disk.img`, `mkfs.ext4 disk.img`.',
  refuses: [
    'dd if=/dev/zero of=/dev/sda',
    'mkfs.ext4 /dev/sda1',
    'cat x > /dev/sda',
    'shutdown -h now',
    'zpool destroy tank',
  ],
  allows: [
    'dd if=/dev/zero of=disk.img bs=1M count=64',
    'lsblk',
    'fdisk -l',
    'echo x > /dev/null',
    'mkfs.ext4 disk.img',
  ],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (isHalt(invocation))
        yield { verdict: 'ask', reason: `${invocation.name} would stop the machine.`, span: invocation.span }
      else if (formats(invocation))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would destroy what is on a disk.`,
          span: invocation.span,
        }
    for (const { target, by, invocation } of writtenTo(reading))
      if (DISK.test(target.text) && by !== 'chmod' && by !== 'chown')
        yield { verdict: 'deny', reason: `It writes to the device ${target.text}.`, span: invocation?.span }
  },
}

function isHalt({ name, args }: Invocation): boolean {
  if (name === 'init' || name === 'telinit') return hasWord(args, '0', '6')
  return /^(shutdown|reboot|halt|poweroff)$/.test(name) && !hasWord(args, '--help', '-c')
}

function formats({ name, args }: Invocation): boolean {
  const disks = operands(args).some(({ text, opaque }) => DISK.test(text) || (opaque && text.startsWith('$')))
  if (FORMATTERS.test(name))
    return (disks || /^(vg|lv|pv)remove$/.test(name)) && !hasWord(args, '-n', '--no-act', '-p')
  switch (name) {
    case 'fdisk':
    case 'parted':
    case 'cfdisk':
    case 'gdisk':
    case 'sfdisk':
      return disks && !hasFlag(args, 'l', '--list') && !hasWord(args, 'print', '-d', '--dump')
    case 'shred':
      return disks
    case 'hdparm':
      return args.some(({ text }) => text.startsWith('--security') || text === '--trim-sector-ranges')
    case 'cryptsetup':
      return hasWord(args, 'erase', 'luksErase', 'luksFormat', 'luksKillSlot')
    case 'zpool':
    case 'zfs':
      return hasWord(args, 'destroy')
    case 'diskutil':
      return args.some(({ text }) => /^(erase|partition|zero|reformat)/i.test(text))
    case 'nvme':
      return hasWord(args, 'format', 'sanitize')
    default:
      return false
  }
}
