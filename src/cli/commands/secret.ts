import type { Command } from 'commander'
import { refused } from '#kernel/result.ts'
import { whole } from '../option-values.ts'
import { secretTable, secretWords } from '../render/secret-table.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'

interface PlaceOptions {
  readonly environment?: string
  readonly deployment?: boolean
}

interface SetOptions extends PlaceOptions {
  readonly ifVersion?: number
}

interface PruneOptions extends PlaceOptions {
  readonly keep: number
}

export function secretCommand(cli: Cli): Command {
  const secret = cli.command('secret', 'Store what setup or deployments need and no agent may see')
  secret.addCommand(setCommand(cli))
  secret.addCommand(
    cli
      .command('list <project>', 'Names, versions and last use; never content')
      .action(cli.act<unknown, [string]>(list)),
  )
  secret.addCommand(
    placed(cli.command('remove <project> <name>', 'Destroy a secret with all of its versions')).action(
      cli.act<PlaceOptions, [string, string]>(remove),
    ),
  )
  secret.addCommand(
    placed(cli.command('prune <project> <name>', 'Destroy the older versions of a secret'))
      .option('--keep <count>', 'how many of the newest stay', whole, 1)
      .action(cli.act<PruneOptions, [string, string]>(prune)),
  )
  secret.addCommand(
    cli
      .command('rotate-keys', 'Put the secrets of the whole server under its newest key')
      .addHelpText(
        'after',
        `
The server's own key file gets a new key first. A key of OpenBao or Vault is rotated there, and then here.
No secret changes. What is interrupted goes on when it is asked for again; old keys are forgotten when it is done.`,
      )
      .action(cli.act<unknown, []>(rotate)),
  )
  return secret
}

function setCommand(cli: Cli): Command {
  return placed(
    cli.command('set <project> <name>', 'Store a new version of a secret, read from standard input'),
  )
    .option('--if-version <number>', 'only over this version, 0 for none', whole)
    .addHelpText(
      'after',
      `
Setup sees it at /run/secrets/NAME, read-only, where airlock.yaml names it (secrets: [npmrc]); nothing else does.
What is no text has to be encoded first. Five versions are kept.

Examples:
  $ airlock secret set shop npmrc < .npmrc
  $ base64 < keystore.p12 | airlock secret set shop keystore.b64
  $ airlock secret set shop database-url --environment production --deployment < url.txt`,
    )
    .action(cli.act<SetOptions, [string, string]>(set))
}

function placed(command: Command): Command {
  return command
    .option('--environment <name>', 'that of one environment (that of all)')
    .option('--deployment', 'for deployments, not for the setup of tasks')
}

function placeOf({ environment, deployment }: PlaceOptions) {
  return {
    ...(environment === undefined ? {} : { environment }),
    context: deployment === true ? ('deployment' as const) : ('task' as const),
  }
}

async function set(session: Session<SetOptions>, project: string, name: string): Promise<Outcome> {
  const content = session.screen.interactive
    ? ((await session.prompts.secret(`Content of ${oneLine(name)}`)) ?? '')
    : await session.readInput()
  if (content.includes('\ufffd')) return refused(NOT_TEXT)
  const client = await session.connect()
  if (!client.ok) return client
  const { options } = session
  const request = { name, content, ...placeOf(options) }
  const stored = await client.value.setSecret(project, request, options.ifVersion)
  if (!stored.ok) return stored
  const { paint } = session.screen
  session.show(
    stored.value,
    () => `${paint('green', '✓')} ${secretWords(stored.value)} is stored, version ${stored.value.version}.`,
  )
  return DONE
}

async function list(session: Session<unknown>, project: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const secrets = await client.value.secrets(project)
  if (!secrets.ok) return secrets
  session.show(secrets.value, () => secretTable(secrets.value.items, session.screen.paint))
  return DONE
}

async function remove(session: Session<PlaceOptions>, project: string, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const removed = await client.value.removeSecret(project, name, placeOf(session.options))
  if (!removed.ok) return removed
  session.show({ removed: name }, () => `${oneLine(name)} is destroyed.`)
  return DONE
}

async function prune(session: Session<PruneOptions>, project: string, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { options } = session
  const left = await client.value.pruneSecret(project, name, options.keep, placeOf(options))
  if (!left.ok) return left
  session.show(
    left.value,
    () => `Of ${oneLine(name)} there is ${count(left.value.versions.length, 'version')} left.`,
  )
  return DONE
}

async function rotate(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const rotated = await client.value.rotateSecretKeys()
  if (!rotated.ok) return rotated
  const { key, rewrapped } = rotated.value
  session.show(
    rotated.value,
    () => `${count(rewrapped, 'version')} moved; all are under ${oneLine(key)} now.`,
  )
  return DONE
}

const NOT_TEXT = {
  code: 'invalid_input' as const,
  rule: 'secrets.text',
  message: 'That is no text.',
  remedy: 'Encode it first: base64 < FILE | airlock secret set …',
}
