import { type Command, Option } from 'commander'
import { type Member, RoleName } from '#contract/api.ts'
import type { Role } from '#policy/role.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { invitationCommands } from './people-invite.ts'

interface AddOptions {
  readonly role: Role
}

export function peopleCommand(cli: Cli): Command {
  const people = cli.command('people', 'Who may ask, review and approve')
  people.addCommand(
    cli
      .command('add <name> <e-mail>', 'Add a person; their token is shown this once')
      .addOption(
        new Option('--role <role>', 'what they may do').choices(RoleName.options).default('developer'),
      )
      .addHelpText(
        'after',
        '\nExample:\n  $ airlock people add "Grace Hopper" grace@example.org --role maintainer',
      )
      .action(cli.act<AddOptions, [string, string]>(add)),
  )
  people.addCommand(cli.command('list', 'List the people and their roles').action(cli.act<unknown, []>(list)))
  people.addCommand(
    cli
      .command('remove <person>', 'Remove a person by id or e-mail; their tokens stop at once')
      .action(cli.act<unknown, [string]>(remove)),
  )
  for (const command of invitationCommands(cli)) people.addCommand(command)
  return people
}

async function add(session: Session<AddOptions>, name: string, email: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const added = await client.value.addPerson({ name, email, role: session.options.role })
  if (!added.ok) return added
  const { paint } = session.screen
  const { member, token } = added.value
  session.show(added.value, () =>
    [
      `${paint('green', '✓')} ${oneLine(member.name)} is ${member.role}. Their token, shown this once:`,
      '',
      `  ${paint('bold', token)}`,
      '',
      `They put it in a file of mode 0600 and use: airlock --server ${client.value.url} --token-file FILE …`,
    ].join('\n'),
  )
  return DONE
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.people({ limit: 200 })
  if (!page.ok) return page
  session.show(page.value, () => peopleTable(page.value.items, session.screen.paint))
  return DONE
}

async function remove(session: Session<unknown>, person: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = person.includes('@') ? await client.value.people({ limit: 200 }) : undefined
  if (page !== undefined && !page.ok) return page
  const id = page?.value.items.find((member) => member.email === person)?.id ?? person
  const removed = await client.value.removePerson(id)
  if (!removed.ok) return removed
  session.show({ removed: id }, () => `${oneLine(person)} is removed; their tokens no longer work.`)
  return DONE
}

function peopleTable(people: readonly Member[], paint: Paint): string {
  if (people.length === 0) return 'Nobody yet.'
  const rows = people.map((member) => [
    paint('bold', oneLine(member.name)),
    oneLine(member.email),
    member.role,
    paint('dim', member.id),
  ])
  return table([{ title: 'name' }, { title: 'e-mail' }, { title: 'role' }, { title: 'id' }], rows, paint)
}
