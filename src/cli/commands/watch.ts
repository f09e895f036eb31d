import type { Command } from 'commander'
import { ok } from '#kernel/result.ts'
import { INTERRUPTED } from '../exit-code.ts'
import { follow } from '../follow.ts'
import { nextSteps } from '../render/task-detail.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { exitCodeOf } from '../task-outcome.ts'

export function watchCommand(cli: Cli): Command {
  return cli
    .command('watch <task>', 'Watch a task from its beginning, as it happens')
    .addHelpText(
      'after',
      '\nIt ends when the task waits for you or is over. Ctrl-C stops the watching, not the task.\nWith --json every event is one line.\n\nExample:\n  $ airlock watch 3',
    )
    .action(cli.act<unknown, [string]>(watch))
}

async function watch(session: Session<unknown>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.task(ref)
  if (!task.ok) return task
  const followed = await follow(session, client.value, task.value)
  if (!followed.ok) return followed
  if (!session.options.json) session.screen.print(`\n${nextSteps(followed.value.task, session.screen.paint)}`)
  return ok(followed.value.interrupted ? INTERRUPTED : exitCodeOf(followed.value.task))
}
