import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { IdentityProvider } from '#contract/sign-in.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

interface AddOptions {
  readonly issuer: string
  readonly domain: string
  readonly clientId: string
  readonly acceptUnverified?: boolean
}

interface AddSamlOptions {
  readonly domain: string
  readonly metadata?: string
  readonly entityId?: string
  readonly entryPoint?: string
  readonly certificate?: string
  readonly emailAttribute?: string
  readonly unsolicited?: boolean
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
      .option('--accept-unverified', 'believe it about addresses that it does not call verified')
      .addHelpText(
        'after',
        '\nExample:\n  $ airlock sso add example --issuer https://id.example.org --domain example.org --client-id airlock < secret',
      )
      .action(cli.act<AddOptions, [string]>(add)),
  )
  sso.addCommand(
    cli
      .command('add-saml <name>', 'Take the word of a SAML provider')
      .requiredOption('--domain <domain>', 'of the addresses it is believed about')
      .option('--metadata <file>', 'what the provider publishes about itself; or else:')
      .option('--entity-id <name>', 'its name for itself')
      .option('--entry-point <url>', 'where people are sent (the redirect binding)')
      .option('--certificate <file>', 'what it signs with, in PEM; several in one file while it changes keys')
      .option(
        '--email-attribute <name>',
        "which attribute holds the address, where the subject's name does not",
      )
      .option('--unsolicited', 'people may begin at the provider')
      .addHelpText(
        'after',
        '\nExample:\n  $ airlock sso add-saml example --metadata provider.xml --domain example.org',
      )
      .action(cli.act<AddSamlOptions, [string]>(addSaml)),
  )
  sso.addCommand(cli.command('list', 'List them').action(cli.act<unknown, []>(list)))
  sso.addCommand(
    cli.command('remove <name>', 'Take its word no more').action(cli.act<unknown, [string]>(remove)),
  )
  return sso
}

async function add(session: Session<AddOptions>, id: string): Promise<Outcome> {
  const { issuer, domain, clientId, acceptUnverified = false } = session.options
  const clientSecret = session.screen.interactive
    ? ((await session.prompts.secret('Client secret')) ?? '')
    : (await session.readInput()).trim()
  const client = await session.connect()
  if (!client.ok) return client
  const request = { kind: 'oidc', id, issuer, domain, clientId, clientSecret, acceptUnverified } as const
  return showAdded(session, await client.value.addIdentityProvider(request))
}

async function addSaml(session: Session<AddSamlOptions>, id: string): Promise<Outcome> {
  const { domain, metadata, entityId, entryPoint, certificate, emailAttribute, unsolicited } = session.options
  const [description, pem] = await Promise.all([metadata, certificate].map((file) => textOf(session, file)))
  if (description?.ok === false) return description
  if (pem?.ok === false) return pem
  const client = await session.connect()
  if (!client.ok) return client
  const certificates = pem?.value.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  const added = await client.value.addIdentityProvider({
    ...{ kind: 'saml', id, domain, unsolicited: unsolicited ?? false },
    ...(description === undefined ? {} : { metadata: description.value }),
    ...(entityId === undefined ? {} : { entityId }),
    ...(entryPoint === undefined ? {} : { entryPoint }),
    ...(certificates === undefined || certificates === null ? {} : { certificates: [...certificates] }),
    ...(emailAttribute === undefined ? {} : { emailAttribute }),
  })
  return showAdded(session, added)
}

async function textOf({ workingDirectory }: Session<unknown>, file: string | undefined) {
  if (file === undefined) return undefined
  const text = await readFile(resolve(workingDirectory, file), 'utf8').catch(() => undefined)
  return text === undefined
    ? refused({ code: 'invalid_input', message: `${file} cannot be read.`, remedy: 'Name a file of yours.' })
    : ok(text)
}

function showAdded(session: Session<unknown>, added: Result<IdentityProvider>): Outcome {
  if (!added.ok) return added
  const { domain, redirectUrl, entityId } = added.value
  session.show(added.value, () =>
    [
      `${session.screen.paint('green', '✓')} People of ${oneLine(domain)} who are members or invited can sign in with it.`,
      ...(entityId === undefined
        ? [`Its redirect URL is ${oneLine(redirectUrl)}`]
        : [
            `It answers to (ACS URL) ${oneLine(redirectUrl)}`,
            `It knows us as (entity ID) ${oneLine(entityId)}, where our metadata is, too.`,
          ]),
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
          ['name', 'kind', 'domain', 'issuer', 'redirect URL'].map((title) => ({ title })),
          page.value.items.map(({ id, kind, domain, issuer, redirectUrl }) => [
            paint('bold', oneLine(id)),
            ...[kind, domain, issuer, redirectUrl].map(oneLine),
          ]),
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
