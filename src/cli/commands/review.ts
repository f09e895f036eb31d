import type { Command } from 'commander'
import { nextSteps, taskDetail } from '../render/task-detail.ts'
import { reviewByKeyboard } from '../review-session.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

export function reviewCommand(cli: Cli): Command {
  return cli
    .command('review <task>', 'Look at a change and decide: approve, drop parts of it, or reject')
    .addHelpText(
      'after',
      '\nWithout a terminal it prints the same and the commands to decide.\n\nExample:\n  $ airlock review 3',
    )
    .action(cli.act<unknown, [string]>(review))
}

async function review(session: Session<unknown>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.task(ref)
  if (!task.ok) return task
  const { screen, options, clock } = session
  session.show(task.value, () => taskDetail(task.value, { paint: screen.paint, now: clock() }))
  if (options.json) return DONE
  if (screen.interactive && task.value.state === 'awaiting_review')
    return reviewByKeyboard(session, client.value, task.value)
  screen.print(`\n${nextSteps(task.value, screen.paint)}`)
  return DONE
}
