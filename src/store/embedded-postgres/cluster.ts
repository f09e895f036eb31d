import { chown, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { AirlockError } from '#kernel/failure.ts'
import { type Account, run } from './run.ts'

/** One PostgreSQL data directory and how to reach it. */
export interface Cluster {
  readonly path: string
  readonly binaries: string
  readonly account: Account | undefined
}

/** The cluster's first superuser. Only starting and creating the database use it. */
export const ADMIN = 'airlock_admin'

/**
 * Makes the cluster if it is not there. It is built under another name and renamed, so that one is either whole or
 * absent, whoever was killed when; of two servers starting at once one wins and both continue.
 */
export async function prepareCluster(directory: string, cluster: Cluster): Promise<void> {
  await removeAbandoned(directory)
  const version = await readFile(join(cluster.path, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version !== undefined) return requireSameMajor(version.trim(), cluster)
  const fresh = await mkdtemp(join(directory, `initialising-${process.pid}-`))
  if (cluster.account !== undefined) await chown(fresh, cluster.account.uid, cluster.account.gid)
  await initialise({ ...cluster, path: fresh })
  await rename(fresh, cluster.path).catch(async (error: NodeJS.ErrnoException) => {
    await rm(fresh, { recursive: true, force: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

/**
 * How a PostgreSQL program is told its data directory. Its user may not be able to walk there (root's home is 0700),
 * but it is started inside, and this link leads there without walking.
 */
export function dataDirectoryArgument(cluster: Cluster): string {
  return cluster.account !== undefined && platform() === 'linux' ? '/proc/self/cwd' : cluster.path
}

async function initialise(cluster: Cluster): Promise<void> {
  const made = await run(
    join(cluster.binaries, 'initdb'),
    [
      `--pgdata=${dataDirectoryArgument(cluster)}`,
      `--username=${ADMIN}`,
      '--encoding=UTF8',
      '--locale=C',
      // The socket lies in a 0700 directory: who can reach it may read the files as well. Hosts are never listened to.
      '--auth-local=trust',
      '--auth-host=reject',
      '--data-checksums',
      '--no-instructions',
    ],
    { account: cluster.account, directory: cluster.path },
  )
  if (made.code === 0) return
  await rm(cluster.path, { recursive: true, force: true })
  throw startFailure(made.output)
}

/** What a PostgreSQL program's last words mean. */
export function startFailure(output: string): AirlockError {
  if (/No space left on device|Disk quota exceeded/.test(output))
    return new AirlockError({
      code: 'disk_full',
      message: 'The database could not start: the disk is full.',
      remedy: 'Free some space, then start Airlock again.',
      details: { cause: output },
    })
  return new AirlockError({
    code: 'database_unavailable',
    message: 'The embedded database could not start.',
    rule: 'database.embedded',
    remedy: 'Read postgresql.log in the data directory; it ends with the reason.',
    details: { cause: output },
  })
}

async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const maker = /^initialising-(\d+)-/.exec(name)?.[1]
    if (maker !== undefined && !isAlive(Number(maker)))
      await rm(join(directory, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function requireSameMajor(made: string, cluster: Cluster): Promise<void> {
  const { output } = await run(join(cluster.binaries, 'postgres'), ['--version'], cluster)
  const ours = / (\d+)/.exec(output)?.[1]
  if (ours === made) return
  throw new AirlockError({
    code: 'database_unavailable',
    message: `The data directory was made by PostgreSQL ${made}, but this Airlock brings PostgreSQL ${ours}.`,
    rule: 'database.version',
    remedy: `Dump it with the Airlock release that made it, and restore the dump into a new data directory.`,
  })
}
