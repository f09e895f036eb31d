import type { Command } from 'commander'
import { ok } from '#kernel/result.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { findingLines } from '../render/finding-lines.ts'
import type { Cli, Outcome, Session } from '../session.ts'

export function doctorCommand(cli: Cli): Command {
  return cli
    .command('doctor', 'Say what this host supports, what is weaker than it should be, and how to mend it')
    .addHelpText(
      'after',
      '\nNeeds no server. Exits with 11 when something is missing.\n\nExample:\n  $ airlock doctor',
    )
    .action(cli.act<unknown, []>(doctor))
}

async function doctor(session: Session<unknown>): Promise<Outcome> {
  const findings = await session.doctor()
  session.show({ findings }, () => findingLines(findings, session.screen.paint).join('\n'))
  return ok(findings.some((finding) => finding.status === 'missing') ? EXIT_CODE.sandbox_unavailable : 0)
}
