import type { Command } from 'commander'
import { stateText } from '../render/state.ts'
import { nextSteps } from '../render/task-detail.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

interface RejectOptions {
  readonly message: string
  readonly retry: boolean
}

export function rejectCommand(cli: Cli): Command {
  return cli
    .command('reject <task>', 'Reject a patch, for good or for another attempt')
    .option('-m, --message <text>', 'what is wrong with it', '')
    .option('--retry', 'begin another attempt on top of it, with what you said', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ airlock reject 3 -m "not what I asked for"\n  $ airlock reject 3 -m "keep the old name of the function" --retry',
    )
    .action(cli.act<RejectOptions, [string]>(reject))
}

async function reject(session: Session<RejectOptions>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { message, retry } = session.options
  const task = await client.value.reject(ref, { comment: message, retry })
  if (!task.ok) return task
  const { paint } = session.screen
  session.show(
    task.value,
    () =>
      `Task ${task.value.number}  ${stateText(task.value.state, paint)}\n\n${nextSteps(task.value, paint)}`,
  )
  return DONE
}
