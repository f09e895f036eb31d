import { isShell } from '../embedded.ts'
import type { Argument, Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'

const BECOMES = new Set(
  'sudo doas su sg ksu pkexec run0 runuser gosu su-exec gksudo kdesudo sudoedit machinectl setpriv'.split(
    ' ',
  ),
)

export const privilegeEscalation: CommandRule = {
  name: 'command.privilege-escalation',
  class: 'privilege',
  explanation: 'Refuses a shell as another user, and asks before any other command runs as one.',
  remedy:
    'Run the command as you are, without it; what needs root belongs in the image or in the setup of the project.',
  refuses: [
    'sudo make install',
    'sudo -i',
    'su - root -c id',
    'pkexec /bin/sh',
    `python3 -c "import os; os.setuid(0)"`,
    'env sudo -n true',
  ],
  allows: ['id', 'whoami', 'grep -rn sudo docs', 'echo "use sudo for that"', 'man sudo'],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
    for (const { names, strings, text, interpreter, span } of reading.codes)
      if (/with administrator privileges/.test(text))
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program asks for the rights of an administrator.`,
          span,
        }
      else if (becomesRoot(text, names, strings))
        yield { verdict: 'deny', reason: `The inline ${interpreter} program tries to become root.`, span }
  },
}

function* objections(invocation: Invocation): Iterable<Sighting> {
  const { name, args, span } = invocation
  if (!BECOMES.has(name) || hasWord(args, '--version', '--help', '-V', '-K', '-k', '-l')) return
  if (name === 'machinectl' && firstOperand(args) !== 'shell') return
  if (opensShell(invocation))
    yield { verdict: 'deny', reason: `${name} would open a shell as another user.`, span }
  else yield { verdict: 'ask', reason: `${name} changes who the command runs as or what it may do.`, span }
}

function opensShell({ name, args }: Invocation): boolean {
  if (name === 'su' || name === 'runuser')
    return (
      !hasWord(args, '-c', '--command') || /^(root|-)?$/.test(firstOperand(args)) || hasWord(args, 'root')
    )
  if (name === 'sudoedit') return true
  const own = ownOptions(args)
  if (hasFlag(own, 'i', '--login') || hasFlag(own, 's', '--shell') || hasFlag(own, 'S', '--stdin'))
    return true
  if (own.some(({ text }) => /^(-u#?-1$|LD_|DYLD_|PYTHONPATH=|PERL5)/.test(text))) return true
  const [first, ...rest] = args.slice(own.length)
  const program = first?.text.slice(first.text.lastIndexOf('/') + 1) ?? ''
  if (!isShell(program)) return program === 'su' || program === 'visudo'
  return rest.every(({ text }) => text.startsWith('-')) || hasWord(rest, '-c')
}

/** The words of `sudo` itself: up to the program that it runs. */
function ownOptions(args: readonly Argument[]): readonly Argument[] {
  let at = 0
  for (; at < args.length; at++) {
    const text = args[at]?.text ?? ''
    if (VALUED.has(text)) at += 1
    else if (!text.startsWith('-') && !/^\w+=/.test(text)) break
  }
  return args.slice(0, at)
}

const VALUED = new Set('-u -g -h -p -C -r -t -T -U -D -R --user --group --prompt --host --chdir'.split(' '))

function becomesRoot(text: string, names: ReadonlySet<string>, _: readonly string[]): boolean {
  const call = ['setuid', 'setreuid', 'setresuid', 'setgid', 'seteuid', 'posix_setuid', 'POSIX::setuid'].find(
    (name) => names.has(name),
  )
  if (call === undefined) return false
  const at = text.lastIndexOf('setuid') >= 0 ? text.lastIndexOf('setuid') : text.indexOf(call)
  return /^\w{3,12}\s?\(\s?0/.test(text.slice(at))
}
