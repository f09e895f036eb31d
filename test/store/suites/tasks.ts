import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { END_STATES, TASK_STATES, Task } from '#contract/task.ts'
import { attemptsOf, beginAttempt, endAttempt, noteAttempt } from '#store/attempts.ts'
import { json } from '#store/column.ts'
import { appendEvents, eventsAfter } from '#store/events.ts'
import { saveGateReport } from '#store/gate-reports.ts'
import { insertPatch, patchByDigest, patchBytes } from '#store/patches.ts'
import { endPublication, intendPublication } from '#store/publications.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { taskView, taskViews } from '#store/task-view.ts'
import {
  countTasks,
  insertTask,
  listTasks,
  moveTask,
  taskById,
  taskByNumber,
  tasksToResume,
} from '#store/tasks.ts'
import { MORNING, type TestOrganisation, type TestStore, testOrganisation } from '#test/support/database.ts'
import { fullOrganisation, somePatch } from '#test/support/every-table.ts'
import { queuedTask } from '#test/support/tasks.ts'

const NOON = '2026-01-31T12:00:00.123Z'

export function tasksSuite(open: () => Promise<TestStore>): void {
  describe('tasks and what they leave behind', () => {
    let opened: TestStore
    let home: TestOrganisation

    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.close())

    const within = <T>(work: (tx: Tx) => Promise<T>) => opened.store.inOrganisation(home.organisation, work)

    test('tasks are numbered from 1 in each organisation, without gaps when many arrive at once', async () => {
      for (let times = 0; times < 2; times++) {
        home = await testOrganisation(opened.store)
        const rows = await Promise.all(
          Array.from({ length: 20 }, () => within((tx) => insertTask(tx, queuedTask(home)))),
        )
        const numbers = rows.map((row) => row.number).sort((a, b) => a - b)
        expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
      }
    })

    test('a task that was rolled back leaves no number behind', async () => {
      home = await testOrganisation(opened.store)
      const failing = within(async (tx) => {
        await insertTask(tx, queuedTask(home))
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      expect((await within((tx) => insertTask(tx, queuedTask(home)))).number).toBe(1)
    })

    test('a task comes back as it was put, by id and by number', async () => {
      home = await testOrganisation(opened.store)
      const task = queuedTask(home, { intent: 'NUL \0 and 𝄞 and \u202e', createdAt: NOON, updatedAt: NOON })
      const row = await within((tx) => insertTask(tx, task))
      expect(row).toEqual({
        ...task,
        erasedAt: null,
        organisation: home.organisation,
        number: 1,
        version: 1,
        lost: 0,
        eventCount: 0,
        intent: 'NUL \ufffd and 𝄞 and \u202e',
        scope: JSON.parse(task.scope),
        budget: JSON.parse(task.budget),
        requester: home.person,
        projectFile: null,
        grantDocument: null,
        feedback: null,
        patch: null,
        onto: null,
        approval: null,
        cause: null,
        publication: null,
        preserveSeconds: null,
      })
      expect(await within((tx) => taskById(tx, row.id))).toEqual(row)
      expect(await within((tx) => taskByNumber(tx, 1))).toEqual(row)
      expect(await within((tx) => taskByNumber(tx, 2))).toBeUndefined()
    })

    test('of many moves from one version exactly one wins', async () => {
      home = await testOrganisation(opened.store)
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      const moves = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          within((tx) =>
            moveTask(tx, { id: task.id, fromVersion: 1, patch: { state: 'preparing', attempt: index } }),
          ),
        ),
      )
      expect(moves.filter(Boolean)).toEqual([true])
      const after = await within((tx) => taskById(tx, task.id))
      expect(after).toEqual({ ...task, state: 'preparing', version: 2, attempt: moves.indexOf(true) })
    })

    test('a move sets documents and clears them, and events do not disturb it', async () => {
      home = await testOrganisation(opened.store)
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      const cause = { code: 'agent_failed' as const, message: 'it said \0 and \ud800' }
      await within((tx) => appendEvents(tx, { task: task.id, attempt: 1, events: steps('one') }))
      expect(await move(task, 1, { cause: json(cause), feedback: 'again\0' })).toBe(true)
      const moved = await within((tx) => taskById(tx, task.id))
      expect([moved?.cause, moved?.feedback, moved?.version]).toEqual([cause, 'again\ufffd', 2])
      expect(await move(task, 2, { cause: null })).toBe(true)
      expect((await within((tx) => taskById(tx, task.id)))?.cause).toBeNull()
    })

    test('lists are newest first, filtered, and go on from the last number', async () => {
      home = await testOrganisation(opened.store)
      for (const state of ['queued', 'failed', 'queued', 'running', 'queued'] as const)
        await within((tx) => insertTask(tx, queuedTask(home, { state })))
      const numbers = async (filter: Parameters<typeof listTasks>[1]) =>
        (await within((tx) => listTasks(tx, filter))).map((row) => row.number)
      expect(await numbers({ limit: 3 })).toEqual([5, 4, 3])
      expect(await numbers({ limit: 3, before: 3 })).toEqual([2, 1])
      expect(await numbers({ limit: 9, state: 'queued' })).toEqual([5, 3, 1])
      expect(await numbers({ limit: 9, project: 'prj_other' })).toEqual([])
      expect(await within((tx) => countTasks(tx, undefined))).toEqual(
        new Map([
          ['queued', 3],
          ['failed', 1],
          ['running', 1],
        ]),
      )
    })

    test('what a start-up resumes is every task that is neither at its end nor waiting for a person', async () => {
      home = await testOrganisation(opened.store)
      for (const state of TASK_STATES) await within((tx) => insertTask(tx, queuedTask(home, { state })))
      const states = (await within((tx) => tasksToResume(tx))).map((row) => row.state)
      expect(states).toEqual(
        TASK_STATES.filter((state) => !END_STATES.includes(state) && state !== 'awaiting_review'),
      )
    })

    test('events of one task are numbered without gaps however many append at once', async () => {
      home = await testOrganisation(opened.store)
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      await Promise.all(
        Array.from({ length: 15 }, (_, index) =>
          within((tx) =>
            appendEvents(tx, { task: task.id, attempt: 1, events: steps(`${index}`, `${index}'`) }),
          ),
        ),
      )
      const events = await within((tx) => eventsAfter(tx, task.id, 0, 100))
      expect(events.map((event) => event.sequence)).toEqual(
        Array.from({ length: 30 }, (_, index) => index + 1),
      )
      expect(await within((tx) => eventsAfter(tx, task.id, 28, 1))).toEqual([events[28]])
      expect(await within((tx) => eventsAfter(tx, task.id, 30, 9))).toEqual([])
    })

    test('more events at once than a statement has room for are all kept', async () => {
      home = await testOrganisation(opened.store)
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      const events = steps(...Array.from({ length: 14_000 }, (_, index) => `${index}`))
      await within((tx) => appendEvents(tx, { task: task.id, attempt: 1, events }))
      expect((await within((tx) => eventsAfter(tx, task.id, 13_999, 9))).map((event) => event.body)).toEqual([
        events[13_999]?.body,
      ])
    })

    test('an event keeps text that no text column could hold', async () => {
      home = await testOrganisation(opened.store)
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      const body = { kind: 'message' as const, text: 'NUL \0, half a pair \ud800, and "quotes\\' }
      const stored = await within((tx) =>
        appendEvents(tx, { task: task.id, attempt: 1, events: [{ at: NOON, body }] }),
      )
      expect(stored).toEqual([{ sequence: 1, task: task.id, attempt: 1, at: NOON, body }])
      expect(await within((tx) => eventsAfter(tx, task.id, 0, 9))).toEqual(stored)
    })

    test('watchers are told of committed events only', async () => {
      home = await testOrganisation(opened.store)
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      const seen: unknown[] = []
      const arrived = Promise.withResolvers<void>()
      const stop = opened.store.onEvents((notice) => {
        if (notice?.task === task.id) seen.push(notice)
        if (seen.length === 1) arrived.resolve()
      })
      await within(async (tx) => {
        await appendEvents(tx, { task: task.id, attempt: 1, events: steps('taken back') })
        throw new Error('no')
      }).catch(() => undefined)
      await within((tx) => appendEvents(tx, { task: task.id, attempt: 1, events: steps('one', 'two') }))
      await arrived.promise
      stop()
      expect(seen).toEqual([{ organisation: home.organisation, task: task.id, sequence: 2 }])
    })

    test('an attempt begins once, its first cause of ending wins, and only what is named changes', async () => {
      home = await testOrganisation(opened.store)
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      const begin = (id: string) =>
        within((tx) =>
          beginAttempt(tx, { id, task: task.id, number: 1, step: 'prepare', startedAt: MORNING }),
        )
      const first = await begin('att_1')
      expect(await begin('att_2')).toEqual(first)
      const spend = { ...first.spend, requests: 3 }
      await within((tx) => noteAttempt(tx, 'att_1', { step: 'run', spend }))
      await within((tx) => noteAttempt(tx, 'att_1', { agentEnding: 'finished', agentSummary: 'done\0' }))
      await within((tx) => noteAttempt(tx, 'att_1', {}))
      const lost = { code: 'attempt_lost' as const, message: 'lost' }
      const late = { code: 'cancelled' as const, message: 'cancelled' }
      expect(await within((tx) => endAttempt(tx, 'att_1', { endedAt: NOON, cause: lost }))).toBe(true)
      expect(await within((tx) => endAttempt(tx, 'att_1', { endedAt: MORNING, cause: late }))).toBe(false)
      expect(await within((tx) => attemptsOf(tx, task.id))).toEqual([
        {
          ...first,
          step: 'run',
          spend,
          agentEnding: 'finished',
          agentSummary: 'done\ufffd',
          endedAt: NOON,
          cause: lost,
        },
      ])
    })

    test('the bytes of a patch come back to the byte', async () => {
      home = await testOrganisation(opened.store)
      const task = await within((tx) => insertTask(tx, queuedTask(home)))
      const patch = somePatch('pat_1', task.id)
      await within((tx) => insertPatch(tx, patch))
      const found = await within((tx) => patchByDigest(tx, task.id, patch.digest))
      const { bytes, ...rest } = patch
      expect(found).toEqual({ ...rest, organisation: home.organisation, size: bytes.byteLength })
      expect(await within((tx) => patchBytes(tx, 'pat_1'))).toEqual(bytes)
    })

    test('one approval has one intention for ever, and ends once', async () => {
      const full = await fullOrganisation(opened.store)
      home = full
      const intention = {
        approval: full.approval,
        task: full.task.id,
        branch: 'airlock/other',
        commit: 'f'.repeat(40),
        push: true,
        createdAt: NOON,
      }
      const kept = await within((tx) => intendPublication(tx, intention))
      expect([kept.branch, kept.state, kept.createdAt]).toEqual(['airlock/1-fix', 'intended', MORNING])
      expect(await within((tx) => endPublication(tx, full.approval, 'done', NOON))).toBe(true)
      expect(await within((tx) => endPublication(tx, full.approval, 'refused', NOON))).toBe(false)
      expect((await within((tx) => intendPublication(tx, intention))).state).toBe('done')
    })

    test('the view of a task is what the contract says, one at a time and as a list', async () => {
      const full = await fullOrganisation(opened.store)
      home = full
      await move(full.task, 1, { patch: full.patch, state: 'awaiting_review' })
      const digest = somePatch(full.patch, full.task.id).digest
      const report = { patch: digest, gates: [], tampering: [], verdict: 'no_gates' as const, iteration: 2 }
      await within((tx) => saveGateReport(tx, full.task.id, report, NOON))
      await within((tx) => insertTask(tx, queuedTask(home)))
      const views = await within(async (tx) => taskViews(tx, await listTasks(tx, { limit: 9 })))
      const single = await within(async (tx) => taskView(tx, (await taskById(tx, full.task.id)) ?? full.task))
      expect(views.map((view) => Task.parse(view))).toEqual(views)
      expect(views.map((view) => view.number)).toEqual([2, 1])
      const { gates: _, risk, ...listed } = single
      expect(views[1]).toEqual(listed)
      expect(risk).toEqual({ level: 'high', reasons: [] })
      expect([single.gates, single.patch?.digest, single.attempts.length]).toEqual([report, digest, 1])
    })

    function move(task: TaskRow, fromVersion: number, patch: Parameters<typeof moveTask>[1]['patch']) {
      return within((tx) => moveTask(tx, { id: task.id, fromVersion, patch }))
    }
  })
}

function steps(...notes: string[]) {
  return notes.map((note) => ({ at: NOON, body: { kind: 'step' as const, step: 'run', note } }))
}
