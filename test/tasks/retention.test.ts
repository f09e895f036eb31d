import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeEntry } from '#audit/entry.ts'
import { entriesFrom } from '#store/audit-log.ts'
import { setRetention } from '#store/organisations.ts'
import { taskById } from '#store/tasks.ts'
import { enforceRetention } from '#tasks/retention.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { MORNING, type TestStore, testStore } from '#test/support/database.ts'
import { type FullOrganisation, fullOrganisation } from '#test/support/every-table.ts'

const DAY = 24 * 60 * 60 * 1000

let opened: TestStore
beforeAll(async () => {
  opened = await testStore()
})
afterAll(() => opened.close())

function ended({ organisation, task }: FullOrganisation): Promise<unknown> {
  return opened.store.inOrganisation(organisation, (tx) =>
    tx
      .updateTable('tasks')
      .set({ state: 'rejected', updatedAt: MORNING })
      .where('id', '=', task.id)
      .execute(),
  )
}

test('each organisation loses what it does not want to keep, when its time is over, and nothing else', async () => {
  const keeps = await fullOrganisation(opened.store)
  const erases = await fullOrganisation(opened.store)
  for (const home of [keeps, erases]) await ended(home)
  await opened.store.inOrganisation(erases.organisation, (tx) =>
    setRetention(tx, { taskDays: 30, decisionDays: 10 }),
  )
  let now = Date.parse(MORNING)
  const putAside: string[] = []
  const workshop = {
    store: opened.store,
    clock: () => now,
    evidenceDirectory: '/nowhere',
    preserved: { putAside: async (id: string) => void putAside.push(id) },
  } as unknown as Workshop
  const erasedAt = ({ organisation, task }: FullOrganisation) =>
    opened.store.inOrganisation(organisation, async (tx) => (await taskById(tx, task.id))?.erasedAt)
  const decisions = ({ organisation }: FullOrganisation) =>
    opened.store.inOrganisation(
      organisation,
      async (tx) => (await tx.selectFrom('decisions').selectAll().execute()).length,
    )

  now += 30 * DAY
  await enforceRetention(workshop)
  expect([await erasedAt(keeps), await erasedAt(erases)]).toEqual([null, null])
  expect([await decisions(keeps), await decisions(erases)]).toEqual([1, 0])

  now += 1
  await enforceRetention(workshop)
  expect([await erasedAt(keeps), await erasedAt(erases)]).toEqual([null, new Date(now).toISOString()])
  expect(putAside).toHaveLength(1)
  const last = await opened.store.inOrganisation(erases.organisation, async (tx) =>
    (await entriesFrom(tx, 0, 1_000)).map(({ bytes }) => decodeEntry(bytes)).at(-1),
  )
  expect(last).toMatchObject({
    value: { action: 'task.erased', actor: { kind: 'system' }, data: { evidence: 'kept' } },
  })
})
