import type { Command } from 'commander'
import { ok } from '#kernel/result.ts'
import { whole } from '../option-values.ts'
import { runningServer } from '../server-process.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

interface UpOptions {
  readonly port?: number
}

export function upCommand(cli: Cli): Command {
  return cli
    .command('up', 'Run the server here, until Ctrl-C')
    .option('--port <port>', 'where to listen, on loopback only', whole)
    .addHelpText(
      'after',
      '\nOther commands start a server in the background by themselves.\n\nExample:\n  $ airlock up',
    )
    .action(cli.act<UpOptions, []>(up))
}

/** What the background process runs: the same server, saying little. */
export function serveCommand(cli: Cli): Command {
  return cli
    .command('serve', 'Run the server for a background process')
    .option('--port <port>', 'where to listen', whole)
    .action(cli.act<UpOptions, []>(serveUntilStopped))
}

async function up(session: Session<UpOptions>): Promise<Outcome> {
  const { screen } = session
  const running = await runningServer(session)
  if (running !== undefined) {
    screen.print(
      `A server of this data directory runs already, at ${running.url}. Stop it with \`airlock down\`.`,
    )
    return DONE
  }
  screen.status('starting …')
  return serveUntilStopped(session)
}

async function serveUntilStopped(session: Session<UpOptions>): Promise<Outcome> {
  const { screen, options } = session
  const stopped = Promise.withResolvers<void>()
  const stopListening = session.onInterrupt(() => stopped.resolve())
  const server = await session.serve(options.port === undefined ? {} : { port: options.port })
  screen.status('')
  if (!server.ok) {
    stopListening()
    return server
  }
  screen.print(`${screen.paint('green', '●')} Airlock ${session.version} listens at ${server.value.url}`)
  screen.print(
    screen.paint('dim', `  data in ${session.dataDirectory}; Ctrl-C stops it, tasks go on at the next start`),
  )
  // Whoever reads it becomes the owner: it goes to a person's terminal, never into a log.
  if (server.value.setUpUrl !== undefined && screen.live)
    screen.print(`  Sign in with a browser: open ${server.value.setUpUrl} (once, within three days)`)
  await stopped.promise
  stopListening()
  screen.remark('stopping …')
  await server.value.stop()
  return ok(0)
}
