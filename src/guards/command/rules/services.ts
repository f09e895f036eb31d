import type { Invocation } from '../reading.ts'
import { firstOperand, operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { isDefence } from './defences-off.ts'

const READ_ONLY = /^(status|show|cat|help|list-.*|is-.*|get-default|--.*|)$/

export const services: CommandRule = {
  name: 'command.services',
  class: 'persistence',
  explanation: 'Asks before the services of the machine are started, stopped or reloaded.',
  remedy: 'Start what a test needs as an ordinary process of the workspace.',
  refuses: ['systemctl restart nginx', 'service postgresql start', 'systemctl daemon-reload'],
  allows: ['systemctl status nginx', 'systemctl is-active docker', 'service nginx status', 'systemctl'],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (changes(invocation) && !isDefence(invocation))
        yield { verdict: 'ask', reason: 'It changes the services of the machine.', span: invocation.span }
  },
}

function changes({ name, args }: Invocation): boolean {
  if (name === 'systemctl') return !READ_ONLY.test(firstOperand(args))
  if (name === 'service' || name === 'rc-service')
    return operands(args).length > 1 && operands(args)[1]?.text !== 'status'
  if (name === 'launchctl')
    return /^(load|unload|bootstrap|bootout|enable|disable|submit|remove|kickstart)$/.test(firstOperand(args))
  return (
    name === 'brew' &&
    firstOperand(args) === 'services' &&
    /^(start|stop|restart)$/.test(operands(args)[1]?.text ?? '')
  )
}
