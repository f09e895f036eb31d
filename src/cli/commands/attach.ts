import type { Command } from 'commander'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

export function attachCommand(cli: Cli): Command {
  return cli
    .command('attach <task>', 'Attach the evidence to the pushed commit, as a git note')
    .addHelpText(
      'after',
      `
Others then verify from their own clone:
  $ git fetch origin refs/notes/airlock:refs/notes/airlock
  $ airlock verify <commit> --key airlock.pub

Example:
  $ airlock attach 3`,
    )
    .action(cli.act<unknown, [string]>(attach))
}

async function attach(session: Session<unknown>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.attachEvidence(ref)
  if (!task.ok) return task
  session.show(task.value, () => {
    const commit = task.value.publication?.commit.slice(0, 12) ?? ''
    return `${session.screen.paint('green', '✓')} The evidence of ${commit} is in refs/notes/airlock of the remote.`
  })
  return DONE
}
