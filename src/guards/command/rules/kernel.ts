import type { Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const SWITCHES =
  /^\/(proc\/(sys|sysrq-trigger|[0-9]+|self)|sys\/(kernel|fs|module|power|firmware|devices|class|bus))(\/|$)/

export const kernel: CommandRule = {
  name: 'command.kernel',
  class: 'privilege',
  explanation: 'Refuses to load modules, to change switches of the kernel and to mount file systems.',
  remedy: 'Read with `sysctl -a`, `lsmod` or `mount`; what must be set belongs in the image.',
  refuses: [
    'insmod ./x.ko',
    'sysctl -w kernel.randomize_va_space=0',
    'echo 0 > /proc/sys/kernel/yama/ptrace_scope',
    'mount -o bind /bin/bash /usr/bin/sudo',
    'kexec -e',
  ],
  allows: ['lsmod', 'sysctl kernel.hostname', 'mount', 'mount | column -t', 'cat /proc/sys/kernel/hostname'],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
    for (const { target, invocation } of writtenTo(reading))
      if (SWITCHES.test(target.text))
        yield {
          verdict: 'deny',
          reason: `It sets ${target.text}, a switch of the kernel.`,
          span: invocation?.span,
        }
  },
}

function* objections({ name, args, span }: Invocation): Iterable<Sighting> {
  if (
    /^(insmod|modprobe|rmmod|depmod|kexec|kpatch|livepatch|kmod|bpftool|swapoff|swapon)$/.test(name) &&
    !hasWord(args, '--version', '--show-depends', '-n', 'list', '-s', '--show')
  )
    yield { verdict: 'deny', reason: `${name} changes the running kernel.`, span }
  else if (
    name === 'sysctl' &&
    (hasFlag(args, 'w', '--write') ||
      hasWord(args, '-p', '--system') ||
      operands(args).some(({ text }) => text.includes('=')))
  )
    yield { verdict: 'deny', reason: 'It changes a switch of the kernel.', span }
  else if (name === 'mount' && operands(args).length > 0)
    yield mounting(
      args.map(({ text }) => text),
      span,
    )
  else if (name === 'umount' && operands(args).length > 0)
    yield { verdict: 'ask', reason: 'It unmounts a file system.', span }
  else if (name === 'dmesg' && (hasFlag(args, 'C') || hasFlag(args, 'c') || hasWord(args, '--clear')))
    yield { verdict: 'deny', reason: 'It clears the log of the kernel.', span }
  else if (name === 'ip' && firstOperand(args) === 'netns' && operands(args)[1]?.text === 'exec')
    yield { verdict: 'ask', reason: 'It runs a program in another network namespace.', span }
}

function mounting(words: readonly string[], span: Sighting['span']): Sighting {
  const line = words.join(' ')
  const risky =
    /\b(bind|remount|cgroup|proc|overlay)\b|\/dev\/(sd|nvme|vd|xvd|mapper|disk)|(^|\s)\/(proc|bin|usr|etc|sys)(\/|\s|$)/.test(
      line,
    )
  return { verdict: risky ? 'deny' : 'ask', reason: 'It mounts a file system.', span }
}
