import type { Command } from 'commander'
import { ok, refused } from '#kernel/result.ts'
import type { AgentLine } from '../agent-tools.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

export function agentsCommand(cli: Cli): Command {
  const agents = cli
    .command('agents', 'Which agents this installation can run, and in which versions')
    .addHelpText('after', HELP)
    .action(cli.act<unknown, []>(list))
  agents.addCommand(cli.command('list', 'List the agents').action(cli.act<unknown, []>(list)))
  agents.addCommand(
    cli
      .command(
        'install <name>',
        'Fetch an agent from npm, as name or name@version; the known version unless named',
      )
      .action(cli.act<unknown, [string]>((session, name) => install(session, name, false))),
  )
  agents.addCommand(
    cli
      .command('update <name>', 'Fetch a version, the newest unless named, and give it to tasks from now on')
      .action(cli.act<unknown, [string]>((session, name) => install(session, name, true))),
  )
  agents.addCommand(
    cli
      .command('remove <name>', 'Remove an agent, or one version of it as name@version')
      .action(cli.act<unknown, [string]>(remove)),
  )
  return agents
}

const HELP = `
Needs no server. Packages are fetched in a sandbox that reaches the npm registry and runs none of them; every one is held
to its SHA-512. A project may name its own versions under \`agents\` in airlock.yaml.

Examples:
  $ airlock agents install codex
  $ airlock run "fix the rounding bug" --agent codex
  $ airlock agents update claude-code@2.1.328`

async function list(session: Session<unknown>): Promise<Outcome> {
  const lines = await session.agents.list()
  session.show({ items: lines }, () => agentTable(lines, session.screen.paint))
  return DONE
}

async function install(session: Session<unknown>, text: string, update: boolean): Promise<Outcome> {
  const { screen } = session
  const { name, version = update ? 'latest' : undefined } = parted(text)
  const interrupted = new AbortController()
  const stopListening = session.onInterrupt(() => interrupted.abort())
  screen.status(`fetching ${oneLine(text)} …`)
  try {
    const installed = await session.agents.install({
      name,
      ...(version === undefined ? {} : { version }),
      pin: update,
      signal: interrupted.signal,
    })
    screen.status('')
    if (!installed.ok) return installed
    const { directory: _, ...entry } = installed.value
    session.show(
      entry,
      () => `${screen.paint('green', '✓')} ${oneLine(entry.name)} ${oneLine(entry.version)} is installed.`,
    )
    return DONE
  } finally {
    stopListening()
  }
}

async function remove(session: Session<unknown>, text: string): Promise<Outcome> {
  const { name, version } = parted(text)
  const removed = await session.agents.remove(name, version)
  if (removed === 0)
    return refused({
      code: 'not_found',
      message: `${oneLine(text)} is not installed.`,
      remedy: 'See `airlock agents`.',
    })
  session.show({ removed }, () => `${oneLine(text)} is removed.`)
  return ok(0)
}

/** `codex@0.169.0` in its two parts. */
function parted(text: string): { readonly name: string; readonly version?: string } {
  const [name = '', version] = text.split('@', 2)
  return version === undefined ? { name } : { name, version }
}

function agentTable(lines: readonly AgentLine[], paint: Paint): string {
  const rows = lines.map((line) => [
    paint('bold', line.name),
    state(line, paint),
    versions(line),
    line.support,
    line.protocols.join(' '),
  ])
  return table(
    [{ title: 'agent' }, { title: 'state' }, { title: 'version' }, { title: 'support' }, { title: 'speaks' }],
    rows,
    paint,
  )
}

function state({ npm, pinned, known }: AgentLine, paint: Paint): string {
  if (npm === undefined) return paint('green', 'comes with Airlock')
  if (pinned === undefined) return paint('dim', 'not installed')
  return pinned === known ? paint('green', 'installed') : paint('yellow', 'installed, not the known version')
}

function versions({ pinned, known, installed }: AgentLine): string {
  const others = installed.filter((version) => version !== pinned)
  const also = others.length === 0 ? '' : ` (also ${others.map(oneLine).join(', ')})`
  return `${oneLine(pinned ?? known ?? '')}${also}`
}
