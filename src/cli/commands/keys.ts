import type { Command } from 'commander'
import { type ApiKey, MOST_KEY_DAYS } from '#contract/sign-in.ts'
import { collect, whole } from '../option-values.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { ago } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

interface CreateOptions {
  readonly permission?: readonly string[]
  readonly days?: number
  readonly for?: string
}

interface ListOptions {
  readonly everybody?: boolean
}

export function keysCommand(cli: Cli): Command {
  const keys = cli.command('keys', 'Keys of programs, and the command lines that are signed in')
  keys.addCommand(
    cli
      .command('create <name>', 'Make a key; it is shown this once')
      .option('--permission <permission>', 'what it may do, as `airlock whoami` lists; repeatable', collect)
      .option('--days <days>', `how long it works, at most ${MOST_KEY_DAYS}`, whole, 90)
      .option('--for <service-account>', 'whose key it is, instead of yours')
      .addHelpText(
        'after',
        '\nExamples:\n  $ airlock keys create nightly --permission tasks:read --days 30\n  $ airlock keys create ci --for ci-runner --permission tasks:create',
      )
      .action(cli.act<CreateOptions, [string]>(create)),
  )
  keys.addCommand(
    cli
      .command('list', 'List your keys')
      .option('--everybody', 'those of everybody, for who manages people')
      .action(cli.act<ListOptions, []>(list)),
  )
  keys.addCommand(
    cli
      .command('revoke <id>', 'Revoke a key or sign a command line out; it counts at once')
      .action(cli.act<unknown, [string]>(revoke)),
  )
  return keys
}

async function create(session: Session<CreateOptions>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { permission, days, for: serviceAccount } = session.options
  const made = await client.value.createKey({
    name,
    ...(permission === undefined ? {} : { permissions: [...permission] }),
    ...(days === undefined ? {} : { days }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  })
  if (!made.ok) return made
  const { paint } = session.screen
  const { key, token } = made.value
  session.show(made.value, () =>
    [
      `${paint('green', '✓')} ${oneLine(key.name)} works until ${key.expiresAt?.slice(0, 10)}. Shown this once:`,
      '',
      `  ${paint('bold', token)}`,
    ].join('\n'),
  )
  return DONE
}

async function list(session: Session<ListOptions>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.keys(session.options.everybody === true)
  if (!page.ok) return page
  session.show(page.value, () => keyTable(session, page.value.items))
  return DONE
}

async function revoke(session: Session<unknown>, id: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const revoked = await client.value.revokeKey(id)
  if (!revoked.ok) return revoked
  session.show({ revoked: id }, () => `${oneLine(id)} no longer works.`)
  return DONE
}

function keyTable({ screen: { paint }, clock }: Session<unknown>, keys: readonly ApiKey[]): string {
  if (keys.length === 0) return 'No keys.'
  const rows = keys.map((key) => [
    paint('bold', oneLine(key.name || key.kind)),
    key.permissions === undefined ? 'everything' : oneLine(key.permissions.join(' ')).slice(0, 60),
    key.lastUsedAt === undefined ? 'never' : ago(key.lastUsedAt, clock()),
    key.expiresAt?.slice(0, 10) ?? 'never',
    paint('dim', key.id),
  ])
  const columns = ['name', 'may', 'used', 'ends', 'id'].map((title) => ({ title }))
  return table(columns, rows, paint)
}
