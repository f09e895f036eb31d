import type { Invocation } from '../reading.ts'
import { operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const LOGS = /^\/(var\/(log|run\/utmp|account|adm)|run\/(log|utmp))(\/|$)|^\/var\/log$/
const LOG_SETTINGS = /^\/etc\/(rsyslog|syslog|logrotate|audit|systemd\/journald)/

export const logTampering: CommandRule = {
  name: 'command.log-tampering',
  class: 'evasion',
  explanation: "Refuses to delete, empty or edit the machine's logs, and the settings of what writes them.",
  remedy: "Read logs with `tail` or `journalctl`; a program's own log belongs in the workspace.",
  refuses: [
    'rm -rf /var/log',
    '> /var/log/auth.log',
    'journalctl --vacuum-time=1s',
    "sed -i '/10.0.0.1/d' /var/log/auth.log",
    'shred -u /var/log/audit/audit.log',
  ],
  allows: [
    'tail -f /var/log/syslog',
    "find /var/log -name '*.gz' -mtime +30",
    'journalctl -u nginx',
    'rm logs/app.log',
    'grep error /var/log/syslog',
  ],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (destroys(invocation))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would destroy logs of the machine.`,
          span: invocation.span,
        }
    for (const { target, replaces, invocation, by } of writtenTo(reading))
      if (LOG_SETTINGS.test(target.text) || (LOGS.test(target.text) && (replaces || by === 'sed')))
        yield { verdict: 'deny', reason: `It overwrites ${target.text}.`, span: invocation?.span }
    for (const { writes, interpreter, span } of reading.codes)
      if (writes.some((path) => LOGS.test(path)))
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program overwrites logs of the machine.`,
          span,
        }
  },
}

function destroys({ name, args, via, upstream }: Invocation): boolean {
  if (/^(rm|shred|srm|unlink|mv|chattr)$/.test(name)) {
    const targets = name === 'mv' ? operands(args).slice(0, -1) : operands(args)
    return targets.some(
      ({ text }) =>
        (LOGS.test(text) || LOG_SETTINGS.test(text)) &&
        !(via.includes('find') && /\.(gz|old|\d)$/.test(text)),
    )
  }
  if (name === 'journalctl') return args.some(({ text }) => /^--(vacuum|flush|rotate|relinquish)/.test(text))
  if (name === 'find')
    return (
      LOGS.test(operands(args)[0]?.text ?? '') &&
      args.some(({ text }) => text === '-delete') &&
      !args.some(({ text }) => /^-(name|mtime|ctime|size)/.test(text))
    )
  return name === 'utmpdump' && (upstream.length > 0 || args.some(({ text }) => text === '-r'))
}
