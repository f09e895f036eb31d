import type { Command } from 'commander'
import { stateText } from '../render/state.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

export function cancelCommand(cli: Cli): Command {
  return cli
    .command('cancel <task>', 'Stop a task; its sandbox is destroyed')
    .addHelpText('after', '\nExample:\n  $ airlock cancel 3')
    .action(cli.act<unknown, [string]>(cancel))
}

async function cancel(session: Session<unknown>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.cancel(ref)
  if (!task.ok) return task
  session.show(
    task.value,
    () => `Task ${task.value.number}  ${stateText(task.value.state, session.screen.paint)}`,
  )
  return DONE
}
