import type { Command } from 'commander'
import type { Organisation } from '#contract/places.ts'
import { refused } from '#kernel/result.ts'
import { isSure, type SureOptions } from '../is-sure.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { pairs } from '../terminal/table.ts'

interface SetOptions {
  readonly name?: string
  readonly timeZone?: string
}

interface CreateOptions extends SureOptions {
  readonly timeZone?: string
}

export function organisationCommand(cli: Cli): Command {
  const organisation = cli.command('organisation', 'The organisation you are in, and others on this server')
  organisation.addCommand(
    cli.command('show', 'Its name, and where its clock hangs').action(cli.act<unknown, []>(show)),
  )
  organisation.addCommand(
    cli
      .command('set', 'Change its name or its clock')
      .option('--name <name>', 'what it is called')
      .option('--time-zone <zone>', 'by which policies count hours and days, such as Europe/Berlin')
      .addHelpText('after', '\nExample:\n  $ airlock organisation set --time-zone Europe/Berlin')
      .action(cli.act<SetOptions, []>(set)),
  )
  organisation.addCommand(
    cli
      .command('create <name>', 'Make another one on this server, whose first owner you are')
      .option('--time-zone <zone>', 'by which its policies count hours and days (UTC)')
      .option('-y, --yes', 'do not ask')
      .addHelpText(
        'after',
        `
Organisations know nothing of each other: people, projects, policies and logs are apart. What is the server's is shared:
model providers and the host. Only owners of the server make one; from then on only roles given --at server count there.

Example:
  $ airlock organisation create "Example Labs"`,
      )
      .action(cli.act<CreateOptions, [string]>(create)),
  )
  return organisation
}

async function show(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const found = await client.value.organisation()
  if (!found.ok) return found
  session.show(found.value, () => lines(found.value, session.screen.paint))
  return DONE
}

async function set(session: Session<SetOptions>): Promise<Outcome> {
  const { name, timeZone } = session.options
  if (name === undefined && timeZone === undefined)
    return refused({
      code: 'invalid_input',
      message: 'There is nothing to set.',
      remedy: 'Give --name or --time-zone.',
    })
  const client = await session.connect()
  if (!client.ok) return client
  const changed = await client.value.setOrganisation({
    ...(name === undefined ? {} : { name }),
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  if (!changed.ok) return changed
  session.show(changed.value, () => lines(changed.value, session.screen.paint))
  return DONE
}

async function create(session: Session<CreateOptions>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const sure = await isSure(
    session,
    ['From now on only roles that were given at the server count for what all organisations share.'],
    `Make the organisation ${oneLine(name)}?`,
  )
  if (!sure.ok) return sure
  const { timeZone } = session.options
  const made = await client.value.createOrganisation({
    name,
    ...(timeZone === undefined ? {} : { timeZone }),
  })
  if (!made.ok) return made
  const { paint } = session.screen
  session.show(made.value, () =>
    [
      `${paint('green', '✓')} ${oneLine(name)} is there, and you are its owner. Your token in it, shown this once:`,
      '',
      `  ${paint('bold', made.value.token)}`,
      '',
      `Put it in a file of mode 0600 and use: airlock --server ${client.value.url} --token-file FILE …`,
      'Where you sign in with a browser, choose the organisation with `airlock login`.',
    ].join('\n'),
  )
  return DONE
}

function lines({ name, timeZone, id }: Organisation, paint: Paint): string {
  const rows = [
    ['name', oneLine(name)],
    ['time zone', oneLine(timeZone)],
    ['id', id],
  ] as const
  return pairs(rows, paint)
}
