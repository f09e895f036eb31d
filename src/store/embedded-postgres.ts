import { closeSync, constants, openSync } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { platform } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { AirlockError, failureOf } from '#kernel/failure.ts'
import { databaseAccount } from './embedded-postgres/account.ts'
import { serverBinaries } from './embedded-postgres/binaries.ts'
import { ADMIN, type Cluster, prepareCluster, startFailure } from './embedded-postgres/cluster.ts'
import { lastWords, startPostmaster, stopPostmaster } from './embedded-postgres/postmaster.ts'

export interface EmbeddedPostgresOptions {
  /** Holds the cluster and its log; made with mode 0700. */
  readonly directory: string
  /** The `bin` directory of another PostgreSQL than the packaged one. */
  readonly binaries?: string
}

/** A running PostgreSQL of our own, reachable through its Unix socket and by this process's user only. */
export interface EmbeddedPostgres {
  /** Connection settings for the cluster's superuser; `database` and `user` are the caller's to change. */
  readonly admin: { readonly host: string; readonly user: string; readonly database: string }
  /** True when a server that an earlier process had left running was taken over. */
  readonly adopted: boolean
  /** Stops the server. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Starts PostgreSQL in a directory, or adopts the one a killed process left there.
 * Throws AirlockError: `data_directory_busy` when a living process uses it, `database_unavailable`, `disk_full`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory)
  await makeDirectory(directory)
  const path = join(directory, 'cluster')
  const account = await databaseAccount(path)
  const binaries = options.binaries ?? (await serverBinaries(directory, account))
  const cluster: Cluster = { path, account, binaries }
  await prepareCluster(directory, cluster)
  const socket = socketDirectory(path)
  try {
    return await hold(cluster, socket, join(directory, 'postgresql.log'))
  } catch (error) {
    socket.release()
    throw error
  }
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await access(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    const failure = failureOf(error)
    if (failure.code !== 'internal') throw new AirlockError(failure, { cause: error })
    throw new AirlockError(
      {
        code: 'database_unavailable',
        message: `The data directory ${directory} cannot be made or written.`,
        rule: 'database.directory',
        remedy: 'Choose a directory that this user may write.',
        details: { cause: error instanceof Error ? error.message : String(error) },
      },
      { cause: error },
    )
  }
}

/** Any number, but always this one: who holds it in the cluster's `postgres` database owns the directory. */
const LOCK = 7_305_112_809
const LOCK_TRIES = 40
const POLL_MS = 50
const MOST_STARTS = 8
const CONNECT_MS = 30_000

/** Reaches the server, takes the lock, and from then on starts the server again whenever it dies under us. */
async function hold(cluster: Cluster, socket: SocketDirectory, logFile: string): Promise<EmbeddedPostgres> {
  const admin = { host: socket.host, user: ADMIN, database: 'postgres' }
  let holder: pg.Client
  let closing: Promise<void> | undefined
  let recovering: Promise<unknown> = Promise.resolve()

  const take = async () => {
    const { client, started } = await reach(cluster, admin, logFile)
    await lock(client, cluster)
    holder = client
    client.once('end', () => {
      if (closing === undefined) recovering = take().catch(ignore)
    })
    return started
  }
  const started = await take()

  const stop = async () => {
    await recovering // else a server that is just being started would outlive us
    await stopPostmaster(cluster)
    await holder.end().catch(ignore)
    socket.release()
  }
  return {
    admin,
    adopted: !started,
    close: () => {
      closing ??= stop()
      return closing
    },
  }
}

/**
 * A session on the server, which is started when it is not there. Waits as long as it recovers from a crash; what a
 * killed server left (its last processes, its pid) may stand in the way of the first starts, so later ones wait longer.
 */
async function reach(
  cluster: Cluster,
  admin: pg.ClientConfig,
  logFile: string,
): Promise<{ client: pg.Client; started: boolean }> {
  let starts = 0
  let running = false
  for (;;) {
    const client = await connect(admin)
    if (typeof client === 'object') return { client, started: starts > 0 }
    if (client === 'absent' && !running) {
      if (starts === MOST_STARTS) throw startFailure(await lastWords(logFile))
      if (starts > 0) await delay(POLL_MS * 2 ** (starts - 1))
      starts++
      running = true
      await startPostmaster(cluster, logFile, () => {
        running = false
      })
    }
    await delay(POLL_MS)
  }
}

async function connect(admin: pg.ClientConfig): Promise<pg.Client | 'absent' | 'starting'> {
  const client = new pg.Client({ ...admin, connectionTimeoutMillis: CONNECT_MS })
  client.on('error', ignore) // an 'end' follows
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(ignore)
    const code = (error as { code?: string }).code
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'absent'
    if (code === CANNOT_CONNECT_NOW) return 'starting'
    throw error
  }
}

const CANNOT_CONNECT_NOW = '57P03'

/** A session lock ends with its process, however that died; a pid file could only guess. */
async function lock(client: pg.Client, cluster: Cluster): Promise<void> {
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    const { rows } = await client.query('select pg_try_advisory_lock($1) as held', [LOCK])
    if (rows[0].held === true) return
    await delay(POLL_MS)
  }
  await client.end()
  throw new AirlockError({
    code: 'data_directory_busy',
    message: `Another Airlock server is using ${cluster.path}.`,
    rule: 'database.one_server',
    remedy: 'Use that server, or stop it, or choose another data directory.',
  })
}

interface SocketDirectory {
  readonly host: string
  release(): void
}

/** sockaddr_un holds about 104 bytes: a longer path is reached through an open descriptor of its directory. */
const MOST_PATH_BYTES = 100

function socketDirectory(path: string): SocketDirectory {
  if (Buffer.byteLength(`${path}/.s.PGSQL.5432`) <= MOST_PATH_BYTES) return { host: path, release: ignore }
  if (platform() !== 'linux')
    throw new AirlockError({
      code: 'database_unavailable',
      message: `The path of the data directory is too long for a Unix socket: ${path}`,
      rule: 'database.path',
      remedy: 'Choose a data directory with a shorter path.',
    })
  let descriptor: number | undefined = openSync(path, 'r')
  return {
    host: `/proc/self/fd/${descriptor}`,
    release: () => {
      if (descriptor !== undefined) closeSync(descriptor)
      descriptor = undefined
    },
  }
}

function ignore(): void {}
