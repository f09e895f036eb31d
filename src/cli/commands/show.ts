import type { Command } from 'commander'
import { nextSteps, taskDetail } from '../render/task-detail.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

export function showCommand(cli: Cli): Command {
  return cli
    .command('show <task>', 'Show one task: its facts, checks, files and what to do next')
    .addHelpText('after', '\nExample:\n  $ airlock show 3')
    .action(cli.act<unknown, [string]>(show))
}

async function show(session: Session<unknown>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.task(ref)
  if (!task.ok) return task
  const { paint } = session.screen
  session.show(
    task.value,
    () => `${taskDetail(task.value, { paint, now: session.clock() })}\n\n${nextSteps(task.value, paint)}`,
  )
  return DONE
}
