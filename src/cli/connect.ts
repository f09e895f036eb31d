import { ok, type Result, refused } from '#kernel/result.ts'
import { type Client, createClient } from './client.ts'
import type { CliDependencies } from './dependencies.ts'
import { runningServer, startInBackground } from './server-process.ts'
import { readToken, tokenFile } from './server-record.ts'

/** How the person wants the server to be found. */
export interface Reach {
  readonly server?: string | undefined
  readonly tokenFile?: string | undefined
  /** False: never start one. */
  readonly start?: boolean | undefined
  /** What a policy asked to confirm. */
  readonly confirm?: string | undefined
}

/**
 * A client of the server that was named, else of the one in the data directory; starts that one when none runs, unless
 * told not to.
 */
export async function connect(dependencies: CliDependencies, reach: Reach): Promise<Result<Client>> {
  const { dataDirectory, remote } = dependencies
  if (remote !== undefined && reach.server === undefined)
    return ok(createClient({ ...remote, confirmation: reach.confirm }))
  if (reach.server !== undefined)
    return connectTo(reach.server, reach.tokenFile ?? tokenFile(dataDirectory), reach.confirm)
  const url = await localServer(dependencies, reach.start ?? true)
  return url.ok ? connectTo(url.value, reach.tokenFile ?? tokenFile(dataDirectory), reach.confirm) : url
}

async function connectTo(
  url: string,
  file: string,
  confirmation: string | undefined,
): Promise<Result<Client>> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return refused({
      code: 'invalid_input',
      message: `${url} is not the address of a server.`,
      remedy: 'Give something like http://127.0.0.1:7411.',
    })
  const token = await readToken(file)
  return token.ok ? ok(createClient({ url: new URL(url).origin, token: token.value, confirmation })) : token
}

async function localServer(dependencies: CliDependencies, mayStart: boolean): Promise<Result<string>> {
  const { dataDirectory, screen } = dependencies
  const running = await runningServer(dependencies)
  if (running !== undefined) return ok(running.url)
  if (!mayStart)
    return refused({
      code: 'server_unreachable',
      message: `No Airlock server runs on ${dataDirectory}.`,
      remedy: 'Start it with `airlock up`; most commands start it by themselves.',
    })
  const begun = screen.paint('dim', 'Starting the Airlock server')
  if (!screen.live) screen.remark(`${begun} …`)
  const started = await startInBackground(dependencies, (seconds) =>
    screen.status(`${begun} ${screen.paint('dim', `${seconds.toFixed(0)} s`)}`),
  )
  screen.status('')
  if (!started.ok) return started
  screen.remark(
    `${screen.paint('green', '✓')} The server runs at ${started.value.url} (stop it with \`airlock down\`)`,
  )
  return ok(started.value.url)
}
