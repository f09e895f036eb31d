import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '#store/database.ts'
import type { TaskJob } from '#store/queue.ts'
import { type TestOrganisation, type TestStore, testOrganisation } from '#test/support/database.ts'
import { asAdmin } from '#test/support/postgres-server.ts'

export function queueSuite(open: () => Promise<TestStore>): void {
  describe('the queue', () => {
    let opened: TestStore
    let home: TestOrganisation

    beforeAll(async () => {
      opened = await open()
      home = await testOrganisation(opened.store)
    })
    afterAll(() => opened.close())

    test('a job exists when, and only when, its transaction commits', async () => {
      const { store } = opened
      const failing = store.inOrganisation(home.organisation, async (tx) => {
        await store.queue.enqueue(tx, job('rolled back'))
        throw new Error('crash')
      })
      await expect(failing).rejects.toThrow('crash')
      expect(await waiting()).toEqual([])
      await store.inOrganisation(home.organisation, (tx) => store.queue.enqueue(tx, job('kept')))
      expect(await waiting()).toEqual([job('kept')])
    })

    test('the worker takes what waited, is woken by what comes, and asks again after a failure', async () => {
      const { store } = opened
      const seen: string[] = []
      const done = Promise.withResolvers<void>()
      await store.queue.startWorker(
        async ({ task }) => {
          seen.push(task)
          if (task === 'stumbles' && seen.filter((one) => one === task).length === 1) throw new Error('once')
          if (new Set(seen).size === 3 && seen.length === 4) done.resolve()
        },
        { concurrency: 2 },
      )
      for (const task of ['stumbles', 'comes'])
        await store.inOrganisation(home.organisation, (tx) => store.queue.enqueue(tx, job(task)))
      await done.promise
      expect(seen.toSorted()).toEqual(['comes', 'kept', 'stumbles', 'stumbles'])
    })

    test('runs as many handlers at once as it was told, and waits for them when it stops', async () => {
      const other = await openStore(opened)
      await opened.store.queue.stopWorker(5_000)
      await opened.store.inOrganisation(home.organisation, (tx) => opened.store.queue.enqueue(tx, job('0')))
      let running = 0
      let most = 0
      let finished = 0
      const full = Promise.withResolvers<void>()
      const release = Promise.withResolvers<void>()
      await other.queue.startWorker(
        async () => {
          running++
          most = Math.max(most, running)
          if (running === 3) full.resolve()
          await release.promise
          running--
          finished++
        },
        { concurrency: 3 },
      )
      for (let count = 1; count < 7; count++)
        await other.inOrganisation(home.organisation, (tx) => other.queue.enqueue(tx, job(`${count}`)))
      await full.promise
      const stopped = other.queue.stopWorker(10_000)
      release.resolve()
      await stopped
      expect({ running, most }).toEqual({ running: 0, most: 3 })
      expect(await waiting()).toHaveLength(7 - finished)
      await other.close()
    })

    test('does not wait for a handler beyond its patience, and the job comes back', async () => {
      const other = await openStore(opened)
      const started = Promise.withResolvers<string>()
      await other.queue.startWorker(
        async ({ task }) => {
          started.resolve(task)
          await new Promise(() => undefined)
        },
        { concurrency: 1 },
      )
      await other.inOrganisation(home.organisation, (tx) => other.queue.enqueue(tx, job('endless')))
      const taken = await started.promise
      await other.queue.stopWorker(50)
      await other.close()
      expect((await waiting()).map(({ task }) => task)).toContain(taken)
    })

    function job(task: string): TaskJob {
      return { organisation: home.organisation, task }
    }

    async function waiting(): Promise<TaskJob[]> {
      const { rows } = await asAdmin(
        opened.host,
        `select data from pgboss.job where state in ('created', 'retry') order by created_on`,
        opened.database,
      )
      return rows.map(({ data }) => data)
    }
  })
}
