import type { Command } from 'commander'
import type { SecretView } from '#contract/secret.ts'
import { refused } from '#kernel/result.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

export function secretCommand(cli: Cli): Command {
  const secret = cli.command('secret', 'Store files that setup needs and no agent may see')
  secret.addCommand(
    cli
      .command('set <project> <name>', 'Store a file, read from standard input')
      .addHelpText(
        'after',
        `
Setup sees it at /run/secrets/NAME, read-only, where airlock.yaml names it (secrets: [npmrc]); nothing else does.
What is no text has to be encoded first.

Examples:
  $ airlock secret set shop npmrc < .npmrc
  $ base64 < keystore.p12 | airlock secret set shop keystore.b64`,
      )
      .action(cli.act<unknown, [string, string]>(set)),
  )
  secret.addCommand(cli.command('list <project>', 'Names and sizes').action(cli.act<unknown, [string]>(list)))
  secret.addCommand(
    cli
      .command('remove <project> <name>', 'Forget a file')
      .action(cli.act<unknown, [string, string]>(remove)),
  )
  return secret
}

async function set(session: Session<unknown>, project: string, name: string): Promise<Outcome> {
  const content = session.screen.interactive
    ? ((await session.prompts.secret(`Content of ${oneLine(name)}`)) ?? '')
    : await session.readInput()
  if (content.includes('\ufffd')) return refused(NOT_TEXT)
  const client = await session.connect()
  if (!client.ok) return client
  const stored = await client.value.setSecret(project, { name, content })
  if (!stored.ok) return stored
  const { paint } = session.screen
  session.show(stored.value, () => `${paint('green', '✓')} ${oneLine(name)} is stored.`)
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

async function remove(session: Session<unknown>, project: string, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const removed = await client.value.removeSecret(project, name)
  if (!removed.ok) return removed
  session.show({ removed: name }, () => `${oneLine(name)} is forgotten.`)
  return DONE
}

function secretTable(secrets: readonly SecretView[], paint: Paint): string {
  if (secrets.length === 0) return 'No secrets.'
  const rows = secrets.map(({ name, bytes, createdAt }) => [
    paint('bold', oneLine(name)),
    count(bytes, 'byte'),
    createdAt,
  ])
  return table([{ title: 'name' }, { title: 'size', align: 'right' }, { title: 'stored' }], rows, paint)
}

const NOT_TEXT = {
  code: 'invalid_input' as const,
  rule: 'secrets.text',
  message: 'That is no text.',
  remedy: 'Encode it first: base64 < FILE | airlock secret set …',
}
