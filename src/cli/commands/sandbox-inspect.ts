import type { Command } from 'commander'
import type { Inspection } from '#contract/preserved.ts'
import { ok } from '#kernel/result.ts'
import type { Client } from '../client.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { manyLines, oneLine } from '../terminal/safe-text.ts'

export function inspectCommand(cli: Cli): Command {
  return cli
    .command('inspect <task> [command...]', 'Look around in the kept workspace of a task, read-only')
    .addHelpText(
      'after',
      `
Each command has a new sandbox: no network, nothing but the workspace, which it cannot change. What you see is the agent's.
On a terminal, without a command, it asks for one after the other. The exit code is that of the command.

Examples:
  $ airlock run "…" --preserve 2h
  $ airlock sandbox inspect 3 -- git log --stat
  $ airlock sandbox inspect 3`,
    )
    .action(cli.act<unknown, [string, string[]]>(inspect))
}

export function destroyCommand(cli: Cli): Command {
  return cli
    .command('destroy <task>', 'Destroy the kept workspace of a task at once')
    .action(cli.act<unknown, [string]>(destroy))
}

async function inspect(session: Session<unknown>, ref: string, command: readonly string[]): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  if (command.length === 0 && session.screen.interactive) return lookAround(session, client.value, ref)
  const seen = await client.value.inspect(ref, command.length === 0 ? FIRST_LOOK : command)
  if (!seen.ok) return seen
  session.show(seen.value, () => said(seen.value))
  return ok(seen.value.exitCode)
}

const FIRST_LOOK = ['ls', '-la']

/** One command after the other, each in a sandbox of its own; an empty line is the end. */
async function lookAround(session: Session<unknown>, client: Client, ref: string): Promise<Outcome> {
  for (;;) {
    const line = await session.prompts.line(`${oneLine(ref)}, read-only (empty to leave)`)
    if (line === undefined || line.trim() === '') return DONE
    const seen = await client.inspect(ref, ['/bin/sh', '-c', line])
    if (!seen.ok) return seen
    session.screen.print(said(seen.value))
  }
}

function said({ output, cut, cause, exitCode }: Inspection): string {
  const notes = [
    ...(cut ? ['… there was more'] : []),
    ...(cause === 'exited' ? [] : [`ended: ${cause.replaceAll('_', ' ')}`]),
    ...(exitCode === 0 ? [] : [`exit code ${exitCode}`]),
  ]
  return [manyLines(output).trimEnd(), ...notes].filter((part) => part !== '').join('\n')
}

async function destroy(session: Session<unknown>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const destroyed = await client.value.discardPreserved(ref)
  if (!destroyed.ok) return destroyed
  session.show({ destroyed: ref }, () => `The kept workspace of task ${oneLine(ref)} is destroyed.`)
  return DONE
}
