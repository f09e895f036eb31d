import { type Command, Option } from 'commander'
import { RoleName } from '#contract/api.ts'
import type { Role } from '#policy/role.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

interface CreateOptions {
  readonly role: Role
}

export function serviceAccountsCommand(cli: Cli): Command {
  const accounts = cli.command('service-accounts', 'Programs that ask in their own name')
  accounts.addCommand(
    cli
      .command('create <name>', 'Make a service account; it never approves, whatever its role')
      .addOption(new Option('--role <role>', 'what it may do').choices(RoleName.options).default('developer'))
      .addHelpText('after', '\nExample:\n  $ airlock service-accounts create ci-runner')
      .action(cli.act<CreateOptions, [string]>(create)),
  )
  accounts.addCommand(cli.command('list', 'List them').action(cli.act<unknown, []>(list)))
  accounts.addCommand(
    cli
      .command('remove <account>', 'Remove one by name or id; its keys stop at once')
      .action(cli.act<unknown, [string]>(remove)),
  )
  return accounts
}

async function create(session: Session<CreateOptions>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const made = await client.value.createServiceAccount({ name, role: session.options.role })
  if (!made.ok) return made
  session.show(
    made.value,
    () => `${oneLine(name)} is there. Give it a key: airlock keys create NAME --for ${name}`,
  )
  return DONE
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.serviceAccounts()
  if (!page.ok) return page
  const { paint } = session.screen
  session.show(page.value, () =>
    page.value.items.length === 0
      ? 'No service accounts.'
      : table(
          ['name', 'role', 'id'].map((title) => ({ title })),
          page.value.items.map(({ name, role, id }) => [
            paint('bold', oneLine(name)),
            role,
            paint('dim', id),
          ]),
          paint,
        ),
  )
  return DONE
}

async function remove(session: Session<unknown>, account: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const removed = await client.value.removeServiceAccount(account)
  if (!removed.ok) return removed
  session.show({ removed: account }, () => `${oneLine(account)} is removed; its keys no longer work.`)
  return DONE
}
