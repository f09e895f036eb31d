import { stat } from 'node:fs/promises'
import { AirlockError } from '#kernel/failure.ts'
import { type Account, run } from './run.ts'

/** Made when no `postgres` user exists. Never the sandbox's user: that one could read the data. */
const OWN_NAME = 'airlock-postgres'

/** Whom to run as: undefined (ourselves) unless we are root; an existing cluster keeps its owner. */
export async function databaseAccount(cluster: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  return (
    (await ownerOf(cluster)) ??
    (await accountOf(OWN_NAME)) ??
    (await accountOf('postgres')) ??
    (await createAccount())
  )
}

async function ownerOf(cluster: string): Promise<Account | undefined> {
  const found = await stat(cluster).catch(() => undefined)
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid }
}

async function accountOf(name: string): Promise<Account | undefined> {
  const [user, group] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  if (user.code !== 0 || group.code !== 0) return undefined
  return { uid: Number(user.output), gid: Number(group.output) }
}

async function createAccount(): Promise<Account> {
  const made = await run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    OWN_NAME,
  ])
  const account = await accountOf(OWN_NAME)
  if (account !== undefined) return account
  throw new AirlockError({
    code: 'database_unavailable',
    message: 'PostgreSQL cannot run as root, and no system user could be made for it.',
    rule: 'database.account',
    remedy: `Create a system user named ${OWN_NAME}, or start Airlock as an ordinary user.`,
    details: { cause: made.output },
  })
}
