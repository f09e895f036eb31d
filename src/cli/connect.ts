import { ok, type Result, refused } from '#kernel/result.ts'
import { type Client, createClient } from './client.ts'
import type { CliDependencies } from './dependencies.ts'
import { hasLogin, loginFile } from './login-file.ts'
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
    return ok(createClient({ ...remote, ...confirmationOf(dependencies, reach) }))
  const url = await serverUrl(dependencies, reach)
  if (!url.ok) return url
  const file = await tokenFileFor(dataDirectory, url.value, reach)
  if (!file.ok) return file
  const token = await readToken(file.value)
  if (!token.ok) return token
  return ok(createClient({ url: url.value, token: token.value, ...confirmationOf(dependencies, reach) }))
}

/** `second-factor` is asked for when it is needed; `totp 123456` is the same, said in advance. */
function confirmationOf({ prompts, screen }: CliDependencies, { confirm }: Reach) {
  const code = /^totp ([0-9]{6})$/.exec(confirm ?? '')?.[1]
  if (code !== undefined) return { secondFactor: async () => code }
  if (confirm !== 'second-factor') return { confirmation: confirm }
  return {
    secondFactor: async () =>
      screen.interactive
        ? (await prompts.line('Code from your authenticator app'))?.replaceAll(/\D/g, '')
        : undefined,
  }
}

/** The server that is meant, started where that is wanted; nothing was asked of it yet. */
export async function serverUrl(dependencies: CliDependencies, reach: Reach): Promise<Result<string>> {
  if (reach.server === undefined) return localServer(dependencies, reach.start ?? true)
  const url = URL.parse(reach.server)
  if (url !== null && /^https?:$/.test(url.protocol)) return ok(url.origin)
  return refused({
    code: 'invalid_input',
    message: `${reach.server} is not the address of a server.`,
    remedy: 'Give something like http://127.0.0.1:7411.',
  })
}

/** The token that was named, else the one of `airlock login`, else this machine's own, which never leaves it. */
async function tokenFileFor(dataDirectory: string, url: string, reach: Reach): Promise<Result<string>> {
  if (reach.tokenFile !== undefined) return ok(reach.tokenFile)
  if (await hasLogin(dataDirectory, url)) return ok(loginFile(dataDirectory, url))
  if (['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)) return ok(tokenFile(dataDirectory))
  return refused({
    code: 'unauthenticated',
    message: `This command line is not signed in to ${url}.`,
    rule: 'token.login',
    remedy: `Run: airlock --server ${url} login`,
  })
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
