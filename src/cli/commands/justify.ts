import type { Command } from 'commander'
import { openFindings, type ReportedFinding } from '#contract/scan-report.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'

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
  const seen = await client.value.task(ref)
  if (!seen.ok) return seen
  const { patch, gates } = seen.value
  const { reason } = session.options
  const task = await client.value.justify(ref, { finding, reason, patchDigest: patch?.digest ?? NO_PATCH })
  if (!task.ok) return task
  const after = openFindings(task.value.gates ?? {})
  const stands = openFindings(gates ?? {}).find(
    (one) => !after.some((open) => open.fingerprint === one.fingerprint),
  )
  session.show(task.value, () => [...toldOf(stands), blocking(after.length)].join('\n'))
  return DONE
}

/** The server says why there is none. */
const NO_PATCH = `sha256:${'0'.repeat(64)}`

/** What the name stood for: it may have been read on another screen. */
function toldOf(finding: ReportedFinding | undefined): string[] {
  if (finding === undefined) return []
  const { path, line, rule, message } = finding
  return [`${oneLine(path)}:${line} ${oneLine(message)} ${oneLine(rule)}`]
}

function blocking(left: number): string {
  if (left === 0) return 'It may stand. Nothing else blocks.'
  return `It may stand. ${count(left, 'finding blocks', 'findings block')} still.`
}
