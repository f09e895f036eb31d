import { spawn } from 'node:child_process'
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AirlockError } from '#kernel/failure.ts'
import { type Cluster, dataDirectoryArgument } from './cluster.ts'
import { ENVIRONMENT } from './run.ts'

const STOP_PATIENCE_MS = 30_000
const POLL_MS = 20
const MOST_LOG_BYTES = 4 * 1024 * 1024

/** Given on the command line, so that nothing written into the data directory can weaken them. */
const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  cluster_name: 'airlock',
  max_connections: '80',
  shared_buffers: '64MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  // Statements carry people's words: the log gets the error, not the text.
  log_min_error_statement: 'panic',
} as const

/**
 * Starts a postmaster in its own session: a Ctrl-C in the terminal must not stop the database before we have stopped
 * using it. It outlives us when we are killed, and the next start adopts it. `onExit` is called once, also when it
 * could not be started at all.
 */
export async function startPostmaster(cluster: Cluster, logFile: string, onExit: () => void): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  )
  const log = await open(logFile, size > MOST_LOG_BYTES ? 'w' : 'a', 0o600)
  try {
    const child = spawn(
      join(cluster.binaries, 'postgres'),
      [
        '-D',
        dataDirectoryArgument(cluster),
        '-k',
        '.', // in the data directory, and a short name whatever that directory is called
        ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...cluster.account,
        cwd: cluster.path,
        env: ENVIRONMENT,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    )
    // Before anything is awaited: one that fails at once must not be waited for.
    child.once('error', onExit)
    child.once('exit', onExit)
    child.unref()
  } finally {
    await log.close()
  }
}

/** The end of the log: why it did not start. */
export async function lastWords(logFile: string): Promise<string> {
  return (await readFile(logFile, 'utf8').catch(() => '')).slice(-2_000)
}

/** Fast shutdown: sessions are ended, everything is written, the socket and the pid file are removed. */
export async function stopPostmaster(cluster: Cluster): Promise<void> {
  const pid = await postmasterPid(cluster)
  if (pid === undefined) return
  if (!signal(pid)) return
  // The pid file is the honest sign: a process that was not our child may stay a zombie for as long as it likes.
  for (let waited = 0; waited < STOP_PATIENCE_MS; waited += POLL_MS) {
    if ((await postmasterPid(cluster)) !== pid) return
    await delay(POLL_MS)
  }
  throw new AirlockError({
    code: 'database_unavailable',
    message: `The database (process ${pid}) did not stop within ${STOP_PATIENCE_MS / 1000} seconds.`,
    rule: 'database.embedded',
  })
}

async function postmasterPid(cluster: Cluster): Promise<number | undefined> {
  const text = await readFile(join(cluster.path, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n')[0])
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined
}

/** False when there is no such process: the file is what a killed server left behind. */
function signal(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGINT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
