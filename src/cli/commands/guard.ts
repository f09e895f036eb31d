import type { Command } from 'commander'
import type { Cli } from '../session.ts'
import { guardCommandCommand } from './guard-command.ts'
import { guardTextCommand } from './guard-text.ts'

export function guardCommand(cli: Cli): Command {
  const guard = cli.command('guard', 'The guards on their own, for hooks, pipelines and other agents')
  guard.addCommand(guardCommandCommand(cli))
  guard.addCommand(guardTextCommand(cli))
  return guard
}
