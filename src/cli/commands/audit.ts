import type { Command } from 'commander'
import { whole } from '../option-values.ts'
import { auditTable } from '../render/audit-table.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { auditExportCommand } from './audit-export.ts'
import { auditKeyCommand } from './audit-key.ts'
import { auditVerifyCommand } from './audit-verify.ts'

interface ListOptions {
  readonly limit: number
  readonly cursor?: string
}

export function auditCommand(cli: Cli): Command {
  const audit = cli.command('audit', 'The log that nobody can rewrite: read it, verify it, take it with you')
  audit.addCommand(
    cli
      .command('list', 'List the entries, newest first')
      .option('-n, --limit <count>', 'how many', whole, 30)
      .option('--cursor <cursor>', 'go on where the page before ended')
      .action(cli.act<ListOptions, []>(list)),
  )
  audit.addCommand(auditVerifyCommand(cli))
  audit.addCommand(auditExportCommand(cli))
  audit.addCommand(auditKeyCommand(cli))
  return audit
}

async function list(session: Session<ListOptions>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { limit, cursor } = session.options
  const page = await client.value.auditEntries({ limit, cursor })
  if (!page.ok) return page
  const { paint } = session.screen
  session.show(page.value, () => {
    const { items, next } = page.value
    const more = next === undefined ? '' : paint('dim', `\nMore: airlock audit list --cursor ${next}`)
    return auditTable(items, paint) + more
  })
  return DONE
}
