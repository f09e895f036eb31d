import type { Command } from 'commander'
import { span } from '../option-values.ts'
import { nextSteps } from '../render/task-detail.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

interface RetryOptions {
  readonly message: string
  readonly preserve?: number
}

export function retryCommand(cli: Cli): Command {
  return cli
    .command('retry <task>', 'Begin another attempt in a new sandbox')
    .option('-m, --message <text>', 'what the agent should know this time', '')
    .option('--preserve <time>', 'keep its workspace for so long to look around in it, such as 2h', span)
    .addHelpText(
      'after',
      '\nExample:\n  $ airlock retry 3 -m "the tests need a running database: use the fake"',
    )
    .action(cli.act<RetryOptions, [string]>(retry))
}

async function retry(session: Session<RetryOptions>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { message, preserve } = session.options
  const more = preserve === undefined ? {} : { preserveSeconds: preserve }
  const task = await client.value.retry(ref, message, more)
  if (!task.ok) return task
  session.show(
    task.value,
    () =>
      `Task ${task.value.number} begins another attempt.\n\n${nextSteps(task.value, session.screen.paint)}`,
  )
  return DONE
}
