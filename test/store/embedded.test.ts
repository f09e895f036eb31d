import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openStore } from '#store/database.ts'
import { startEmbeddedPostgres } from '#store/embedded-postgres.ts'

const HOLDER = resolve(import.meta.dirname, '../support/hold-store.ts')

/** The server in the data directory: started, adopted, refused, killed, and gone without a trace. */
describe('the embedded server', () => {
  let scratch: string
  let directory: string

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'airlock-embedded-'))
    directory = join(scratch, 'data')
  })
  afterEach(async () => {
    expect(await postmasterOf(directory)).toBeUndefined()
    await rm(scratch, { recursive: true, force: true })
  })

  test('listens on a socket in its 0700 directory only, writes durably, and leaves nothing running', async () => {
    const store = await openStore({ embedded: { directory } })
    try {
      expect((await stat(directory)).mode & 0o777).toBe(0o700)
      expect((await stat(join(directory, 'cluster'))).mode & 0o777).toBe(0o700)
      const settings = await ask(join(directory, 'cluster'), [
        'listen_addresses',
        'fsync',
        'full_page_writes',
        'synchronous_commit',
        'data_checksums',
        'server_encoding',
        'unix_socket_permissions',
      ])
      expect(settings).toEqual(['', 'on', 'on', 'on', 'on', 'UTF8', '0700'])
    } finally {
      await store.close()
      await store.close()
    }
    expect((await readdir(directory)).toSorted()).toEqual(['cluster', 'postgresql.log'])
  })

  test('refuses a directory that a living server uses, which is not disturbed', async () => {
    const store = await openStore({ embedded: { directory } })
    try {
      await expect(openStore({ embedded: { directory } })).rejects.toMatchObject({
        failure: { code: 'data_directory_busy', rule: 'database.one_server' },
      })
      expect(await store.organisations()).toEqual([])
    } finally {
      await store.close()
    }
  })

  test('of two servers that start at once in a new directory, one gets it', async () => {
    const opening = await Promise.allSettled([
      openStore({ embedded: { directory } }),
      openStore({ embedded: { directory } }),
    ])
    const reasons = opening.flatMap((one) => (one.status === 'rejected' ? [one.reason.failure?.code] : []))
    for (const one of opening) if (one.status === 'fulfilled') await one.value.close()
    expect(reasons).toEqual(['data_directory_busy'])
    expect((await readdir(directory)).toSorted()).toEqual(['cluster', 'postgresql.log'])
  })

  test('adopts the postmaster of a killed parent, with all that it committed', async () => {
    const parent = await holder()
    const orphan = await postmasterOf(directory)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    expect(await postmasterOf(directory)).toBe(orphan)
    const adopted = await startEmbeddedPostgres({ directory })
    expect(adopted.adopted).toBe(true)
    await adopted.close()
    const store = await openStore({ embedded: { directory } })
    expect(await store.organisations()).toEqual(['org_1'])
    await store.close()
  })

  test('a Ctrl-C to the parent does not reach the database', async () => {
    const parent = await holder()
    const pid = await postmasterOf(directory)
    const group = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2]
    expect(Number(group)).toBe(pid)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    await (await startEmbeddedPostgres({ directory })).close()
  })

  test('recovers when parent and postmaster were both killed', async () => {
    const parent = await holder()
    const postmaster = (await postmasterOf(directory)) ?? 0
    parent.kill('SIGKILL')
    process.kill(postmaster, 'SIGKILL')
    await once(parent, 'exit')
    const store = await openStore({ embedded: { directory } })
    expect(await store.organisations()).toEqual(['org_1'])
    await store.close()
  })

  test('a postmaster that dies under a running server is started again, and jobs and notices go on', async () => {
    const problems: Error[] = []
    const store = await openStore({ embedded: { directory } }, { onProblem: (error) => problems.push(error) })
    try {
      const missed = Promise.withResolvers<unknown>()
      store.onEvents(missed.resolve)
      const handled = Promise.withResolvers<string>()
      await store.queue.startWorker(async ({ task }) => handled.resolve(task), { concurrency: 1 })
      const killed = await postmasterOf(directory)
      process.kill(killed ?? 0, 'SIGKILL')
      let answer: readonly string[] | undefined
      for (let tries = 0; tries < 400 && answer === undefined; tries++) {
        await delay(50)
        if ((await postmasterOf(directory)) !== killed)
          answer = await store.organisations().catch(() => undefined)
      }
      expect(answer).toEqual([])
      await store.inOrganisation('org_1', (tx) =>
        store.queue.enqueue(tx, { organisation: 'org_1', task: 'tsk_1' }),
      )
      expect(await handled.promise).toBe('tsk_1')
      expect(await missed.promise).toBeUndefined()
      expect(problems).not.toEqual([])
    } finally {
      await store.close()
    }
  })

  test('a server that is closed just after its postmaster died leaves none behind', async () => {
    const store = await openStore({ embedded: { directory } })
    const killed = (await postmasterOf(directory)) ?? 0
    process.kill(killed, 'SIGKILL')
    await store.close()
    expect([undefined, killed]).toContain(await postmasterOf(directory))
    await rm(join(directory, 'cluster', 'postmaster.pid'), { force: true })
  })

  test('a cluster that was only half made is made again', async () => {
    await mkdir(join(directory, 'initialising-999999999-x'), { recursive: true })
    await writeFile(join(directory, 'initialising-999999999-x', 'PG_VERSION'), '18\n')
    await (await startEmbeddedPostgres({ directory })).close()
    expect((await readdir(directory)).toSorted()).toEqual(['cluster', 'postgresql.log'])
  })

  test('works below a path that is too long for a socket', async () => {
    const deep = join(directory, 'd'.repeat(90), 'e'.repeat(90))
    const store = await openStore({ embedded: { directory: deep } })
    expect(await store.organisations()).toEqual([])
    await store.close()
  })

  test('says what is wrong with a data directory of another PostgreSQL', async () => {
    await mkdir(join(directory, 'cluster'), { recursive: true, mode: 0o700 })
    await writeFile(join(directory, 'cluster', 'PG_VERSION'), '9\n')
    await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({
      failure: { code: 'database_unavailable', rule: 'database.version' },
    })
  })

  test('says that a data directory cannot be made, and why', async () => {
    await writeFile(join(scratch, 'file'), '')
    const inside = join(scratch, 'file', 'data')
    await expect(openStore({ embedded: { directory: inside } })).rejects.toMatchObject({
      failure: {
        code: 'database_unavailable',
        rule: 'database.directory',
        details: { cause: expect.stringContaining('ENOTDIR') },
      },
    })
  })

  test('says that it cannot start, with the reason, instead of waiting for ever', async () => {
    await (await startEmbeddedPostgres({ directory })).close()
    await rm(join(directory, 'cluster', 'global', 'pg_control'))
    await expect(startEmbeddedPostgres({ directory })).rejects.toMatchObject({
      failure: {
        code: 'database_unavailable',
        rule: 'database.embedded',
        details: { cause: expect.stringContaining('pg_control') },
      },
    })
  })

  async function holder(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [HOLDER, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    return child
  }
})

async function postmasterOf(directory: string): Promise<number | undefined> {
  const text = await readFile(join(directory, 'cluster', 'postmaster.pid'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : Number(text.split('\n')[0])
}

async function ask(host: string, settings: readonly string[]): Promise<string[]> {
  const client = new pg.Client({ host, user: 'airlock_admin', database: 'postgres' })
  await client.connect()
  try {
    const { rows } = await client.query(
      'select current_setting(name) as value from unnest($1::text[]) name',
      [settings],
    )
    return rows.map((row) => row.value)
  } finally {
    await client.end()
  }
}
