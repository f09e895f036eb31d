import { expect, test } from 'vitest'
import { instantOf } from '#kernel/instant.ts'
import { eventsAfter } from '#store/events.ts'
import { insertTask } from '#store/tasks.ts'
import { EventWriter } from '#tasks/event-writer.ts'
import { testOrganisation, testStore } from '#test/support/database.ts'
import { queuedTask } from '#test/support/tasks.ts'

const NOW = Date.parse('2026-01-31T12:00:00.000Z')

test('an agent that floods the log is cut, and does not keep out what the host says', async () => {
  const { store, close } = await testStore()
  const home = await testOrganisation(store)
  const task = await store.inOrganisation(home.organisation, (tx) => insertTask(tx, queuedTask(home)))
  const problems: unknown[] = []
  const writer = new EventWriter(
    { store, clock: () => NOW, onProblem: (message) => problems.push(message) },
    task,
  )
  for (let count = 1; count <= 20_500; count += 1) writer.tell({ kind: 'message', text: `${count}` })
  writer.tell({ kind: 'step', step: 'publish', note: 'The host still speaks.' })
  await writer.flush()
  const last = await store.inOrganisation(home.organisation, (tx) => eventsAfter(tx, task.id, 19_998, 10))
  await close()
  const at = instantOf(NOW)
  const event = { task: task.id, attempt: task.attempt, at }
  expect(problems).toEqual([])
  expect(last).toEqual([
    { ...event, sequence: 19_999, body: { kind: 'message', text: '19999' } },
    {
      ...event,
      sequence: 20_000,
      body: { kind: 'step', step: 'events', note: 'Cut: more than 20000 events.' },
    },
    { ...event, sequence: 20_001, body: { kind: 'step', step: 'publish', note: 'The host still speaks.' } },
  ])
})
