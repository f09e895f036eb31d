import type { Command } from 'commander'
import { openFindings } from '#contract/scan-report.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { count } from '../terminal/amounts.ts'

interface JustifyOptions {
  readonly reason: string
}

export function justifyCommand(cli: Cli): Command {
  return cli
    .command('justify <task> <finding>', 'Let a finding of the scan stand, and say why')
    .requiredOption('--reason <text>', 'why it may stand; the approval signs it, and the audit log keeps it')
    .addHelpText(
      'after',
      `
The finding is named by its fingerprint, or the beginning of it, as airlock show lists them. It holds for this patch alone.

Example:
  $ airlock justify 3 1f0c5a2b9e44 --reason "the table name comes from the migration list"`,
    )
    .action(cli.act<JustifyOptions, [string, string]>(justify))
}

async function justify(session: Session<JustifyOptions>, ref: string, finding: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.justify(ref, { finding, reason: session.options.reason })
  if (!task.ok) return task
  const left = openFindings(task.value.gates ?? {}).length
  session.show(task.value, () =>
    left === 0
      ? 'It may stand. Nothing else blocks.'
      : `It may stand. ${count(left, 'finding blocks', 'findings block')} still.`,
  )
  return DONE
}
