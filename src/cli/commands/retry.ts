import type { Command } from 'commander'
import { nextSteps } from '../render/task-detail.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

interface RetryOptions {
  readonly message: string
}

export function retryCommand(cli: Cli): Command {
  return cli
    .command('retry <task>', 'Begin another attempt in a new sandbox')
    .option('-m, --message <text>', 'what the agent should know this time', '')
    .addHelpText(
      'after',
      '\nExample:\n  $ airlock retry 3 -m "the tests need a running database: use the fake"',
    )
    .action(cli.act<RetryOptions, [string]>(retry))
}

async function retry(session: Session<RetryOptions>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.retry(ref, session.options.message)
  if (!task.ok) return task
  session.show(
    task.value,
    () =>
      `Task ${task.value.number} begins another attempt.\n\n${nextSteps(task.value, session.screen.paint)}`,
  )
  return DONE
}
