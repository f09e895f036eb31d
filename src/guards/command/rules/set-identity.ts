import type { Invocation } from '../reading.ts'
import { operands, optionValues } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

export const setIdentity: CommandRule = {
  name: 'command.set-identity',
  class: 'privilege',
  explanation:
    'Refuses to make a file run with the rights of its owner, to give it capabilities, or to give it to root.',
  remedy: 'Use plain modes such as 755; what needs more rights belongs in the image.',
  refuses: [
    'chmod u+s ./helper',
    'chmod 4755 helper',
    'setcap cap_net_raw+ep ./ping',
    'install -m 4755 sh /tmp/sh',
    'chown root x && chmod +x x',
  ],
  allows: [
    'chmod +x script/test',
    'chmod 755 bin/run',
    'chmod 1777 /tmp/shared',
    'getcap /bin/ping',
    'find . -perm -4000',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const { name, args, span } = invocation
      if (setsGroupOnly(invocation))
        yield {
          verdict: 'ask',
          reason: 'It makes files run, or directories share, with the rights of their group.',
          span,
        }
      else if (setsIdentity(invocation))
        yield { verdict: 'deny', reason: 'It makes a file run with the rights of its owner.', span }
      else if (name === 'setcap' && !args.some(({ text }) => text === '-r'))
        yield { verdict: 'deny', reason: 'It gives a file capabilities.', span }
      else if (name === 'chown' && /^(root|0)(:|\.|$)/.test(operands(args)[0]?.text ?? ''))
        yield { verdict: 'ask', reason: 'It gives a file to root.', span }
    }
  },
}

function setsIdentity({ name, args }: Invocation): boolean {
  const modes =
    name === 'install' || name === 'mkdir'
      ? optionValues(args, '-m', '--mode')
      : name === 'chmod'
        ? operands(args)
            .slice(0, 1)
            .concat(args.filter(({ text }) => /^[-+=]/.test(text)))
        : []
  return modes.some(
    ({ text }) =>
      /^0?[2-7][0-7]{3}$/.test(text) ||
      text.split(',').some((part) => /^[ugoa]{0,4}[+=][rwxX]{0,4}s/.test(part)) ||
      (name === 'install' && /^[+=]x?s/.test(text)),
  )
}

/** `2775` and `g+s` are what shared directories have; on a program they still give away rights. */
function setsGroupOnly({ name, args }: Invocation): boolean {
  return name === 'chmod' && /^0?[23][0-7]{3}$|^g\+s$/.test(operands(args)[0]?.text ?? '')
}
