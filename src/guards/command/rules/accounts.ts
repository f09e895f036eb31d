import type { Invocation } from '../reading.ts'
import { hasFlag, hasWord, operands, optionValues } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const ACCOUNT_PROGRAMS = new Set(
  'useradd usermod userdel adduser deluser addgroup groupadd groupmod groupdel gpasswd chpasswd newusers passwd chage chfn chsh newgrp visudo vipw vigr dscl sysadminctl'.split(
    ' ',
  ),
)
const ACCOUNT_FILES =
  /^\/etc\/(passwd-?|shadow-?|group-?|gshadow-?|sudoers|sudoers\.d|doas\.conf|subuid|subgid|security|login\.defs)($|\/)/
const STRONG = /^(root|sudo|wheel|admin|docker|lxd|adm|disk|shadow|libvirt)$/

export const accounts: CommandRule = {
  name: 'command.accounts',
  class: 'privilege',
  explanation:
    'Refuses to grant rights by accounts, groups, passwords or sudoers; asks before other changes of accounts.',
  remedy: 'Work as the user you are; accounts belong in the image.',
  refuses: [
    'usermod -aG sudo bob',
    "echo 'dev ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers",
    'useradd -o -u 0 toor',
    'echo "root:x" | chpasswd',
    'useradd -m app',
  ],
  allows: ['getent passwd bob', 'groups', 'cat /etc/passwd', 'id bob', 'passwd --status bob'],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
    for (const { target, invocation } of writtenTo(reading))
      if (ACCOUNT_FILES.test(target.text))
        yield {
          verdict: 'deny',
          reason: `It writes ${target.text}, which says who may do what.`,
          span: invocation?.span,
        }
  },
}

function* objections({ name, args, span }: Invocation): Iterable<Sighting> {
  if (
    !ACCOUNT_PROGRAMS.has(name) ||
    hasWord(args, '--status', '-S', '--help', '--list', '-l', '-c', '--check')
  ) {
    if (name === 'visudo' && !hasWord(args, '-c'))
      yield { verdict: 'deny', reason: 'It changes who may use sudo.', span }
    return
  }
  const groups = [
    ...optionValues(args, '-G', '--groups'),
    ...optionValues(args, '-aG'),
    ...optionValues(args, '-g', '--gid'),
    ...(name === 'useradd' || name === 'passwd' ? [] : operands(args).slice(-2)),
  ].flatMap(({ text }) => text.split(','))
  const isRoot =
    optionValues(args, '-u', '--uid').some(({ text }) => text === '0') ||
    (name === 'passwd' && (operands(args).some(({ text }) => text === 'root') || hasFlag(args, 'd')))
  const grants =
    isRoot ||
    name === 'chpasswd' ||
    name === 'newusers' ||
    name === 'visudo' ||
    name === 'vipw' ||
    name === 'newgrp' ||
    groups.some((group) => STRONG.test(group))
  yield grants
    ? { verdict: 'deny', reason: `${name} would grant the rights of somebody else.`, span }
    : { verdict: 'ask', reason: `${name} changes the accounts of the machine.`, span }
}
