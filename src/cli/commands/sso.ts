import type { Command } from 'commander'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

interface AddOptions {
  readonly issuer: string
  readonly domain: string
  readonly clientId: string
}

export function ssoCommand(cli: Cli): Command {
  const sso = cli.command('sso', 'Identity providers whose word counts for who somebody is')
  sso.addCommand(
    cli
      .command(
        'add <name>',
        'Take the word of an OpenID Connect provider; its client secret is read from standard input',
      )
      .requiredOption('--issuer <url>', 'its issuer, exactly as it writes it')
      .requiredOption('--domain <domain>', 'of the addresses it is believed about')
      .requiredOption('--client-id <id>', 'what it knows this server by')
      .addHelpText(
        'after',
        '\nExample:\n  $ airlock sso add example --issuer https://id.example.org --domain example.org --client-id airlock < secret',
      )
      .action(cli.act<AddOptions, [string]>(add)),
  )
  sso.addCommand(cli.command('list', 'List them').action(cli.act<unknown, []>(list)))
  sso.addCommand(
    cli.command('remove <name>', 'Take its word no more').action(cli.act<unknown, [string]>(remove)),
  )
  return sso
}

async function add(session: Session<AddOptions>, id: string): Promise<Outcome> {
  const { issuer, domain, clientId } = session.options
  const clientSecret = session.screen.interactive
    ? ((await session.prompts.secret('Client secret')) ?? '')
    : (await session.readInput()).trim()
  const client = await session.connect()
  if (!client.ok) return client
  const added = await client.value.addIdentityProvider({ id, issuer, domain, clientId, clientSecret })
  if (!added.ok) return added
  session.show(added.value, () =>
    [
      `${session.screen.paint('green', '✓')} People of ${oneLine(domain)} who are members or invited can sign in with it.`,
      `Its redirect URL is ${oneLine(added.value.redirectUrl)}`,
    ].join('\n'),
  )
  return DONE
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.identityProviders()
  if (!page.ok) return page
  const { paint } = session.screen
  session.show(page.value, () =>
    page.value.items.length === 0
      ? 'No identity providers.'
      : table(
          ['name', 'domain', 'issuer', 'redirect URL'].map((title) => ({ title })),
          page.value.items.map(({ id, domain, issuer, redirectUrl }) =>
            [paint('bold', id), domain, issuer, redirectUrl].map(oneLine),
          ),
          paint,
        ),
  )
  return DONE
}

async function remove(session: Session<unknown>, id: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const removed = await client.value.removeIdentityProvider(id)
  if (!removed.ok) return removed
  session.show({ removed: id }, () => `${oneLine(id)} is removed.`)
  return DONE
}
