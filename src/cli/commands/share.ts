import { type Command, Option } from 'commander'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

interface ShareOptions {
  readonly hours?: number
  readonly list?: boolean
  readonly revoke?: string
}

export function shareCommand(cli: Cli): Command {
  return cli
    .command('share <task>', 'Make a link that shows one task, read-only, to whoever holds it')
    .addOption(new Option('--hours <n>', 'until it dies: 1 to 168, a week unless given').argParser(Number))
    .option('--list', 'the links that still open this task')
    .option('--revoke <id>', 'take a link back; it counts at once')
    .addHelpText(
      'after',
      `
The link shows the task, its checks and its diff, and leads nowhere else. It needs no account, so give it only to those
who may read the change. Each opening stands in the audit log.

Examples:
  $ airlock share 3 --hours 24
  $ airlock share 3 --list
  $ airlock share 3 --revoke shr_01h2x3y4z5a6b7c8d9e0`,
    )
    .action(cli.act<ShareOptions, [string]>(share))
}

async function share(session: Session<ShareOptions>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { list, revoke, hours } = session.options
  if (revoke !== undefined) {
    const revoked = await client.value.revokeShare(ref, revoke)
    if (!revoked.ok) return revoked
    session.show({ revoked: revoke }, () => `${oneLine(revoke)} is taken back: it shows nothing any more.`)
    return DONE
  }
  if (list) return listed(session, ref)
  const made = await client.value.share(ref, hours === undefined ? {} : { hours })
  if (!made.ok) return made
  const { paint } = session.screen
  session.show(made.value, () =>
    [
      `${paint('green', '✓')} Whoever opens this sees task ${oneLine(ref)}, and nothing else:`,
      '',
      `  ${paint('bold', oneLine(made.value.url))}`,
      '',
      `It is shown this once, and dies at ${made.value.share.expiresAt.slice(0, 16).replace('T', ' ')} UTC. To take it back before:`,
      `  ${paint('cyan', `airlock share ${oneLine(ref)} --revoke ${made.value.share.id}`)}`,
    ].join('\n'),
  )
  return DONE
}

async function listed(session: Session<ShareOptions>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.shares(ref)
  if (!page.ok) return page
  const { paint } = session.screen
  session.show(page.value, () =>
    page.value.items.length === 0
      ? 'No link opens this task.'
      : table(
          ['id', 'made', 'dies', 'opened', 'last'].map((title) => ({ title })),
          page.value.items.map(({ id, createdAt, expiresAt, opened, lastOpenedAt }) => [
            id,
            createdAt.slice(0, 16).replace('T', ' '),
            expiresAt.slice(0, 16).replace('T', ' '),
            String(opened),
            lastOpenedAt?.slice(0, 16).replace('T', ' ') ?? '',
          ]),
          paint,
        ),
  )
  return DONE
}
