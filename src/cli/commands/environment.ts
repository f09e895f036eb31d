import type { Command } from 'commander'
import { isSure, type SureOptions } from '../is-sure.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

export function environmentCommand(cli: Cli): Command {
  const environment = cli.command(
    'environment',
    'Where the work of a project ends up, with secrets and roles of its own',
  )
  environment.addCommand(cli.command('list <project>', 'List them').action(cli.act<unknown, [string]>(list)))
  environment.addCommand(
    cli
      .command('create <project> <name>', 'Name one')
      .addHelpText(
        'after',
        '\nNames such as production are names and nothing else; policies may ask for them.\n\nExample:\n  $ airlock environment create shop production',
      )
      .action(cli.act<unknown, [string, string]>(create)),
  )
  environment.addCommand(
    cli
      .command('rename <project> <name> <new-name>', 'Call it something else')
      .action(cli.act<unknown, [string, string, string]>(rename)),
  )
  environment.addCommand(
    cli
      .command('remove <project> <name>', 'Remove it: its secrets are gone, its roles end')
      .option('-y, --yes', 'do not ask')
      .action(cli.act<SureOptions, [string, string]>(remove)),
  )
  return environment
}

async function list(session: Session<unknown>, project: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const found = await client.value.environments(project)
  if (!found.ok) return found
  const { paint } = session.screen
  session.show(found.value, () =>
    found.value.items.length === 0
      ? `No environments yet.\n\n  ${paint('cyan', `airlock environment create ${oneLine(project)} production`)}`
      : table(
          [{ title: 'name' }, { title: 'id' }],
          found.value.items.map(({ name, id }) => [paint('bold', oneLine(name)), paint('dim', id)]),
          paint,
        ),
  )
  return DONE
}

async function create(session: Session<unknown>, project: string, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const made = await client.value.createEnvironment(project, name)
  if (!made.ok) return made
  session.show(
    made.value,
    () => `${session.screen.paint('green', '✓')} ${oneLine(project)}/${oneLine(made.value.name)} is there.`,
  )
  return DONE
}

async function rename(
  session: Session<unknown>,
  project: string,
  name: string,
  to: string,
): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const renamed = await client.value.renameEnvironment(project, name, to)
  if (!renamed.ok) return renamed
  session.show(renamed.value, () => `${oneLine(name)} is called ${oneLine(renamed.value.name)} now.`)
  return DONE
}

async function remove(session: Session<SureOptions>, project: string, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const where = `${oneLine(project)}/${oneLine(name)}`
  const sure = await isSure(
    session,
    [`The secrets of ${where} are destroyed, and all roles that were given there end.`],
    `Remove the environment ${where}?`,
  )
  if (!sure.ok) return sure
  const removed = await client.value.removeEnvironment(project, name)
  if (!removed.ok) return removed
  session.show({ removed: name }, () => `${where} is removed.`)
  return DONE
}
