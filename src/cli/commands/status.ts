import type { Command } from 'commander'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { ago, count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { pairs } from '../terminal/table.ts'

export function statusCommand(cli: Cli): Command {
  return cli
    .command('status', 'Say whether a server runs, who you are to it, and what waits for you')
    .addHelpText('after', '\nIt never starts a server.\n\nExample:\n  $ airlock status')
    .action(cli.act<unknown, []>(status))
}

async function status(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connectWithoutStarting()
  if (!client.ok) return client
  const [server, me] = await Promise.all([client.value.status(), client.value.me()])
  if (!server.ok) return server
  if (!me.ok) return me
  const { paint } = session.screen
  const { version, healthy, startedAt, tasks, providers, host } = server.value
  const weak = host.filter((finding) => finding.status !== 'ok').length
  session.show({ url: client.value.url, ...server.value, me: me.value }, () =>
    pairs(
      [
        [
          'server',
          `${client.value.url}  ${healthy ? paint('green', '● healthy') : paint('red', '● not healthy')}`,
        ],
        ['version', `${version}, started ${ago(startedAt, session.clock())}`],
        ['you', `${oneLine(me.value.person.name)} <${oneLine(me.value.person.email)}>, ${me.value.role}`],
        ['tasks', `${tasks.active} at work, ${tasks.queued} queued, ${waiting(tasks.awaitingReview, paint)}`],
        ['providers', providers === 0 ? paint('yellow', 'none: airlock provider add …') : String(providers)],
        ['host', weak === 0 ? 'all good' : paint('yellow', `${count(weak, 'remark')}: airlock doctor`)],
      ],
      paint,
    ),
  )
  return DONE
}

function waiting(amount: number, paint: (style: 'yellow', text: string) => string): string {
  const text = `${amount} waiting for review`
  return amount === 0 ? text : paint('yellow', text)
}
