import type { Invocation } from '../reading.ts'
import { operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

const PROGRAMS = new Set(
  'sudo sudoedit su doas pkexec run0 runuser setcap visudo passwd chpasswd useradd usermod userdel adduser groupadd gpasswd newgrp chroot nsenter unshare mount umount insmod modprobe rmmod kexec sysctl setenforce'.split(
    ' ',
  ),
)

export const privilegeEscalation: CommandRule = {
  name: 'command.privilege-escalation',
  class: 'Privilege escalation',
  explanation: 'Refuses to become another user, gain capabilities or change how the machine guards itself.',
  remedy:
    'Run the command as you are, without it; what needs root belongs in the image or in the setup of the project.',
  refuses: [
    'sudo make install',
    'chmod u+s ./helper',
    'chmod 4755 helper',
    'setcap cap_net_raw+ep ./ping',
    'env sudo -n true',
  ],
  allows: ['chmod +x script/test', 'chmod 755 bin/run', 'id', 'whoami'],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const { name, span } = invocation
      if (PROGRAMS.has(name))
        yield { verdict: 'deny', reason: `${name} changes who the command runs as or what it may do.`, span }
      else if (setsIdentity(invocation))
        yield { verdict: 'deny', reason: 'It makes a file run with the rights of its owner.', span }
      else if (name === 'chown' && /^(root|0)\b/.test(operands(invocation.args)[0]?.text ?? ''))
        yield { verdict: 'deny', reason: 'It gives a file to root.', span }
    }
    for (const { code, interpreter, span } of reading.inline)
      if (/\b(os\.)?(setuid|setreuid|setresuid|setgid)\s*\(\s*0/.test(code))
        yield { verdict: 'deny', reason: `The inline ${interpreter} program tries to become root.`, span }
  },
}

function setsIdentity({ name, args }: Invocation): boolean {
  if (name === 'install')
    return args.some(({ text }, index) => text === '-m' && /^[2-7]\d{3}$/.test(args[index + 1]?.text ?? ''))
  if (name !== 'chmod') return false
  return args.some(({ text }) => /^0?[2-7][0-7]{3}$/.test(text) || /^[ugoa]*[+=][rwxX]*s/.test(text))
}
