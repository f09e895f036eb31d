import type { Command } from 'commander'
import { refused } from '#kernel/result.ts'
import { runningServer, waitUntilGone } from '../server-process.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

const PATIENCE_MILLISECONDS = 30_000

export function downCommand(cli: Cli): Command {
  return cli
    .command('down', 'Stop the server; tasks go on at the next start')
    .alias('stop')
    .addHelpText('after', '\nExample:\n  $ airlock down')
    .action(cli.act<unknown, []>(down))
}

async function down(session: Session<unknown>): Promise<Outcome> {
  const record = await runningServer(session)
  if (record === undefined) {
    session.show({ stopped: false }, () => 'No server runs.')
    return DONE
  }
  // The record is only believed while its server proves itself: a process id alone may be somebody else's by now.
  if (!asked(record.pid)) return refused(notYours(record.pid))
  session.screen.status('stopping …')
  const gone = await waitUntilGone(record, PATIENCE_MILLISECONDS)
  session.screen.status('')
  if (!gone)
    return refused({
      code: 'conflict',
      message: `The server (process ${record.pid}) has not ended yet.`,
      remedy: 'Wait a little and ask again; it may be finishing a push.',
    })
  session.show({ stopped: true }, () => 'The server has stopped.')
  return DONE
}

function asked(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGTERM')
  } catch {
    return false
  }
}

function notYours(pid: number) {
  return {
    code: 'permission_denied' as const,
    message: `The server (process ${pid}) belongs to somebody else.`,
    rule: 'server.owner',
    remedy: 'Stop it as the user who started it.',
  }
}
