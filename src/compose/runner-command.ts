import { type Config, isRoot } from './config.ts'
import type { Installation } from './installation.ts'
import { installationPrefix } from './sandbox.ts'
import { sandboxUser } from './sandbox-user.ts'

export interface RunnerPlace {
  readonly packageRoot: string
  /** The engine's socket, as far as one was found. */
  readonly engine: string | undefined
  /** Where the server expects the runner. */
  readonly socket: string
  /** The runner's own: what containers see read-only, and where its trial works. */
  readonly directory?: string
}

/** The command, for root, that starts the runner which this installation asks for. */
export function runnerCommand(
  config: Config,
  installation: Installation,
  {
    packageRoot,
    engine = '/run/podman/podman.sock',
    socket,
    directory = '/var/lib/airlock-runner',
  }: RunnerPlace,
): string {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  const user = sandboxUser(config.dataDirectory) ?? own
  return [
    ...['install', '-d', '-m', '755', directory, '&&'],
    ...[process.execPath, `${packageRoot}/src/sandbox/container/runner-main.ts`],
    ...['--engine', `unix://${engine}`, '--socket', socket],
    ...['--installation', installationPrefix(installation), '--user', `${user.uid}:${user.gid}`],
    ...(isRoot() ? [] : ['--for', `${own.uid}:${own.gid}`]),
    ...['--writable', installation.workspaces, '--writable', installation.scratch],
    ...['--readable', installation.runtime, '--readable', installation.lanes],
    ...['--readable', installation.images],
    ...['--directory', directory],
  ].join(' ')
}
