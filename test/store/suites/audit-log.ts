import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { append, emptyFrontier, type Frontier, foldNodes, leafHash, nodeHash } from '#audit/merkle.ts'
import {
  appendEntries,
  auditFrontier,
  auditNode,
  auditNodes,
  entriesAbout,
  entriesFrom,
  latestCheckpoint,
  saveCheckpoint,
} from '#store/audit-log.ts'
import type { Tx } from '#store/schema.ts'
import { insertTask, moveTask, taskById } from '#store/tasks.ts'
import { entriesAbout as noted } from '#test/support/audit-entries.ts'
import { MORNING, type TestOrganisation, type TestStore, testOrganisation } from '#test/support/database.ts'
import { asAdmin } from '#test/support/postgres-server.ts'
import { queuedTask } from '#test/support/tasks.ts'

export function auditLogSuite(open: () => Promise<TestStore>): void {
  describe('the audit log', () => {
    let opened: TestStore
    let home: TestOrganisation

    beforeAll(async () => {
      opened = await open()
      home = await testOrganisation(opened.store)
    })
    afterAll(() => opened.close())

    const within = <T>(work: (tx: Tx) => Promise<T>) => opened.store.inOrganisation(home.organisation, work)

    test('starts empty, in each organisation on its own', async () => {
      expect(await within(auditFrontier)).toEqual(emptyFrontier)
      await within((tx) => appendEntries(tx, []))
      expect(await within(auditFrontier)).toEqual(emptyFrontier)
      const other = await testOrganisation(opened.store)
      await opened.store.inOrganisation(other.organisation, (tx) => appendEntries(tx, noted('elsewhere')))
      expect(await within(auditFrontier)).toEqual(emptyFrontier)
    })

    test('grows by RFC 6962 whatever the sizes of its appends, many at once', async () => {
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          within((tx) =>
            appendEntries(tx, noted(...Array.from({ length: index % 4 }, (_, at) => `tsk_${index}.${at}`))),
          ),
        ),
      )
      const entries = await within((tx) => entriesFrom(tx, 0, 100))
      expect(entries.map(({ index }) => index)).toEqual(Array.from({ length: 18 }, (_, index) => index))
      const wanted = entries.reduce<Frontier>(
        (frontier, { bytes }) => append(frontier, leafHash(bytes)),
        emptyFrontier,
      )
      expect(await within(auditFrontier)).toEqual(plain(wanted))
      expect(await within((tx) => entriesFrom(tx, 16, 1))).toEqual([entries[16]])
    })

    test('keeps every complete subtree, so that proofs need no other hashing', async () => {
      const { size, nodes } = await within(auditFrontier)
      const leaves = await within((tx) => entriesFrom(tx, 0, size))
      let below = leaves.map(({ bytes }) => Buffer.from(leafHash(bytes)))
      for (let level = 0; below.length > 0; level++) {
        for (const [index, hash] of below.entries())
          expect(await within((tx) => auditNode(tx, { level, index }))).toEqual(hash)
        expect(await within((tx) => auditNode(tx, { level, index: below.length }))).toBeUndefined()
        below = pairs(below).map(([left, right]) => Buffer.from(nodeHash(left, right)))
      }
      expect(foldNodes(nodes)).toBeDefined()
    })

    test('entries are found by their subject, up to a size', async () => {
      const other = await testOrganisation(opened.store)
      const there = <T>(work: (tx: Tx) => Promise<T>) => opened.store.inOrganisation(other.organisation, work)
      const bytes = noted('tsk_1', 'tsk_2', 'tsk_1', 'tsk_1').map((entry) => Buffer.from(entry))
      await there((tx) => appendEntries(tx, bytes))
      expect(await there((tx) => entriesAbout(tx, 'tsk_1', 3))).toEqual([
        { index: 0, bytes: bytes[0] },
        { index: 2, bytes: bytes[2] },
      ])
      expect(await there((tx) => entriesAbout(tx, 'tsk_3', 9))).toEqual([])
    })

    test('roots are given in the order asked for, and a missing one is an error', async () => {
      const addresses = [
        { level: 1, index: 1 },
        { level: 0, index: 0 },
      ]
      const hashes = await within((tx) => auditNodes(tx, addresses))
      const single = await Promise.all(addresses.map((address) => within((tx) => auditNode(tx, address))))
      expect(hashes).toEqual(single)
      const missing = within((tx) => auditNodes(tx, [{ level: 9, index: 9 }]))
      await expect(missing).rejects.toThrow('no node 9/9')
    })

    test('bytes that are not an entry are refused, and nothing of their transaction stays', async () => {
      const before = await within(auditFrontier)
      for (const bytes of ['text', '{ "version":1}', ''])
        await expect(
          within((tx) => appendEntries(tx, [...noted('good'), Buffer.from(bytes)])),
        ).rejects.toMatchObject({ failure: { code: 'verification_failed', rule: 'audit.entry' } })
      expect(await within(auditFrontier)).toEqual(before)
    })

    test('the entry and the state it tells of are committed together or not at all', async () => {
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      const before = await within(auditFrontier)
      const fail = within(async (tx) => {
        await moveTask(tx, { id: task.id, fromVersion: 1, patch: { state: 'preparing' } })
        await appendEntries(tx, noted('preparing'))
        throw new Error('crash')
      })
      await expect(fail).rejects.toThrow('crash')
      expect(await within(auditFrontier)).toEqual(before)
      expect((await within((tx) => taskById(tx, task.id)))?.state).toBe('queued')
      expect(await within((tx) => entriesFrom(tx, before.size, 9))).toEqual([])
    })

    test('the first checkpoint of a size stays, and the greatest is the latest', async () => {
      for (const [size, note] of [
        [2, 'two'],
        [5, 'five'],
        [3, 'three'],
        [5, 'other'],
      ] as const)
        await within((tx) => saveCheckpoint(tx, { size, note, createdAt: MORNING }))
      expect(await within(latestCheckpoint)).toEqual({ size: 5, note: 'five' })
    })

    test.each(['audit_entries', 'audit_nodes', 'audit_checkpoints'])(
      'nobody rewrites %s: not the query role, not the owner, not a superuser',
      async (table) => {
        const count = () => admin(`select count(*)::int as count from airlock.${table}`)
        const before = await count()
        for (const role of ['airlock_query', 'airlock_owner', 'airlock_admin'])
          for (const change of [
            `update airlock.${table} set organisation = organisation`,
            `delete from airlock.${table}`,
            `truncate airlock.${table}`,
          ])
            await expect(as(role, change), `${role}: ${change}`).rejects.toMatchObject({ code: '42501' })
        expect(await count()).toEqual(before)
      },
    )

    test('the row that says how far the log goes can only grow', async () => {
      const before = await admin('select * from airlock.audit_log order by organisation')
      for (const role of ['airlock_query', 'airlock_owner', 'airlock_admin'])
        for (const change of [
          'update airlock.audit_log set size = size - 1',
          'update airlock.audit_log set size = size',
          'delete from airlock.audit_log',
          'truncate airlock.audit_log',
        ])
          await expect(as(role, change), `${role}: ${change}`).rejects.toMatchObject({ code: '42501' })
      expect(await admin('select * from airlock.audit_log order by organisation')).toEqual(before)
    })

    test('an edge that was tampered with stops the log instead of growing on', async () => {
      const other = await testOrganisation(opened.store)
      const there = <T>(work: (tx: Tx) => Promise<T>) => opened.store.inOrganisation(other.organisation, work)
      await there((tx) => appendEntries(tx, noted('one', 'two', 'three')))
      await admin(`update airlock.audit_log set size = 7 where organisation = '${other.organisation}'`)
      const failure = { code: 'verification_failed', rule: 'audit.frontier' }
      await expect(there((tx) => appendEntries(tx, noted('four')))).rejects.toMatchObject({ failure })
      await expect(there(auditFrontier)).rejects.toMatchObject({ failure })
    })

    async function admin(statement: string) {
      return (await asAdmin(opened.host, statement, opened.database)).rows
    }

    function as(role: string, statement: string) {
      const scope = `select set_config('app.organisation', '${home.organisation}', false)`
      return asAdmin(opened.host, `set role ${role}; ${scope}; ${statement}`, opened.database)
    }
  })
}

/** As the driver and the decoder give them back: Buffers. */
function plain({ size, nodes }: Frontier): Frontier {
  return { size, nodes: nodes.map((node) => Buffer.from(node)) }
}

function pairs<T>(values: readonly T[]): [T, T][] {
  const found: [T, T][] = []
  for (let at = 0; at + 1 < values.length; at += 2) found.push([values[at] as T, values[at + 1] as T])
  return found
}
