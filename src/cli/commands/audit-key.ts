import type { Command } from 'commander'
import { verifierText } from '#audit/signing-key.ts'
import { refused } from '#kernel/result.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { trustedKey } from '../trusted-key.ts'

export function auditKeyCommand(cli: Cli): Command {
  return cli
    .command('key', 'Print the verifier key of this machine: what others need to check commits and logs')
    .addHelpText(
      'after',
      `
It is public. Publish it where people trust what they read, and not beside the evidence.

Example:
  $ airlock audit key > airlock.pub`,
    )
    .action(cli.act<unknown, []>(printKey))
}

async function printKey(session: Session<unknown>): Promise<Outcome> {
  const key = await trustedKey(undefined, session.trustedKeyFile)
  if (!key.ok) return key
  const { value } = key
  if (value === undefined)
    return refused({
      code: 'not_found',
      message: 'This machine has no verifier key yet.',
      remedy: 'Start its server once with `airlock up`.',
    })
  session.show({ key: verifierText(value) }, () => verifierText(value))
  return DONE
}
