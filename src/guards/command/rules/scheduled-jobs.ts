import type { Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'

export const scheduledJobs: CommandRule = {
  name: 'command.scheduled-jobs',
  class: 'persistence',
  explanation: 'Refuses to arrange for something to run later, at boot or beyond the end of the session.',
  remedy: 'Run it now, in the foreground; nothing outlives the sandbox.',
  refuses: [
    'echo "* * * * * x" | crontab -',
    'crontab jobs.txt',
    'systemctl enable evil',
    'echo /tmp/x | at now + 1 hour',
    'systemd-run --on-calendar=hourly /tmp/x',
  ],
  allows: ['crontab -l', 'atq', 'systemctl status nginx', 'systemctl list-timers', 'npm start &'],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
  },
}

const LASTING = new Set('enable reenable link preset edit add-wants add-requires set-default'.split(' '))

function* objections({ name, args, span }: Invocation): Iterable<Sighting> {
  const first = firstOperand(args)
  if (name === 'crontab' && !hasFlag(args, 'l')) {
    const edits = hasFlag(args, 'e') || hasFlag(args, 'r')
    yield {
      verdict: edits ? 'ask' : 'deny',
      reason: edits ? 'It changes the scheduled jobs.' : 'It schedules a job.',
      span,
    }
  } else if (
    (name === 'at' || name === 'batch') &&
    !hasFlag(args, 'l') &&
    !hasFlag(args, 'c') &&
    !hasWord(args, '-V')
  )
    yield { verdict: 'deny', reason: `${name} runs something after this command has ended.`, span }
  else if (name === 'systemd-run' && args.some(({ text }) => /^--(on-|timer|unit|user)/.test(text)))
    yield {
      verdict: 'deny',
      reason: 'It hands a program to the service manager, to run later or on its own.',
      span,
    }
  else if (name === 'launchctl' && /^(load|bootstrap|submit|enable|kickstart)$/.test(first))
    yield { verdict: 'deny', reason: 'It hands a program to the service manager.', span }
  else if (
    (name === 'update-rc.d' || name === 'chkconfig' || name === 'rc-update' || name === 'insserv') &&
    operands(args).length > 0 &&
    !hasWord(args, '--list', 'show')
  )
    yield { verdict: 'deny', reason: `${name} changes what starts at boot.`, span }
  else if (name === 'systemctl' && LASTING.has(first))
    yield { verdict: 'deny', reason: 'It changes what starts at boot.', span }
  else if (name === 'loginctl' && first === 'enable-linger')
    yield { verdict: 'deny', reason: 'It lets services go on after logout.', span }
  else if (name === 'udevadm' && (first === 'control' || first === 'trigger'))
    yield { verdict: 'deny', reason: 'It makes device rules run.', span }
  else if (name === 'disown')
    yield { verdict: 'ask', reason: 'It lets a job go on after the shell has ended.', span }
}
