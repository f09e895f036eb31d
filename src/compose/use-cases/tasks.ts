import type { HostFinding } from '#contract/api.ts'
import type { TaskState } from '#contract/task.ts'
import type { Application } from '#http/application.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, refused } from '#kernel/result.ts'
import { approvalsView } from '#review/approvals-view.ts'
import { eventsAfter } from '#store/events.ts'
import { evidenceOf } from '#store/evidence.ts'
import { patchByDigest, patchById, patchBytes } from '#store/patches.ts'
import { projectById, projectByReference } from '#store/projects.ts'
import { taskView, taskViews } from '#store/task-view.ts'
import { countTasks, listTasks, taskById } from '#store/tasks.ts'
import { taskEgress } from '#tasks/egress-view.ts'
import { permitAt } from '#tasks/may-begin.ts'
import { placeOfTask } from '#tasks/place-of.ts'
import { preservedView, standingPreserved } from '#tasks/preserve.ts'
import { findTask } from '#tasks/reference.ts'
import { seenProjects } from '#tasks/seen-projects.ts'
import type { Workshop } from '#tasks/workshop.ts'

interface StatusFacts {
  readonly version: string
  readonly startedAt: string
  readonly examineHost: () => Promise<readonly HostFinding[]>
}

/** Reading tasks, their patches and events, and how the server is. */
export function taskUseCases(
  workshop: Workshop,
  facts: StatusFacts,
): Pick<
  Application,
  'listTasks' | 'getTask' | 'diffOf' | 'eventsAfter' | 'subscribe' | 'evidenceOf' | 'status'
> {
  const { store } = workshop
  return {
    listTasks: async (actor, query) => {
      const among = await seenProjects(workshop, actor, 'task.list')
      return store.inOrganisation(actor.organisation, async (tx) => {
        const before = query.cursor === undefined ? undefined : Number(query.cursor)
        if (before !== undefined && !(Number.isInteger(before) && Math.abs(before) <= MOST_TASKS))
          return refused(badCursor())
        const project =
          query.project === undefined
            ? undefined
            : ((await projectByReference(tx, query.project)) ?? (await projectById(tx, query.project)))
        if (query.project !== undefined && project === undefined) return ok({ items: [] })
        const rows = await listTasks(tx, {
          state: query.state,
          project: project?.id,
          among,
          before,
          limit: query.limit + 1,
        })
        const items = await taskViews(tx, rows.slice(0, query.limit))
        const last = items.at(-1)
        return ok(
          rows.length > query.limit && last !== undefined ? { items, next: `${last.number}` } : { items },
        )
      })
    },

    getTask: async (actor, reference) => {
      const task = await findTask(store, actor.organisation, reference)
      if (!task.ok) return task
      const view = await store.inOrganisation(actor.organisation, async (tx) => {
        const kept = await standingPreserved(tx, workshop, task.value)
        return {
          ...(await taskView(tx, task.value)),
          egress: await taskEgress(tx, task.value),
          ...(kept === undefined ? {} : { preserved: preservedView(kept) }),
        }
      })
      return ok({ ...view, ...(await approvalsView(workshop, actor, task.value)) })
    },

    diffOf: async (actor, reference, digest) => {
      const task = await findTask(store, actor.organisation, reference)
      if (!task.ok) return task
      const { id, patch: current } = task.value
      const found = await store.inOrganisation(actor.organisation, async (tx) => {
        const row =
          digest !== undefined
            ? await patchByDigest(tx, id, digest)
            : current === null
              ? undefined
              : await patchById(tx, current)
        const bytes = row === undefined ? undefined : await patchBytes(tx, row.id)
        return row === undefined || bytes === undefined ? undefined : { digest: row.digest, bytes }
      })
      if (found !== undefined) return ok(found)
      return refused({
        code: 'not_found',
        message: `Task ${task.value.number} has no ${digest === undefined ? 'patch yet' : 'such patch'}.`,
        remedy: `Watch it with \`airlock watch ${task.value.number}\`.`,
      })
    },

    eventsAfter: async (actor, reference, after, limit) => {
      const task = await findTask(store, actor.organisation, reference)
      if (!task.ok) return task
      return ok(
        await store.inOrganisation(actor.organisation, (tx) => eventsAfter(tx, task.value.id, after, limit)),
      )
    },

    subscribe: async (actor, reference, listener) => {
      const task = await findTask(store, actor.organisation, reference)
      if (!task.ok) return task
      return ok(follow(workshop, actor.organisation, task.value.id, task.value.eventCount, listener))
    },

    evidenceOf: async (actor, commit) => {
      const absent: Failure = {
        code: 'not_found',
        message: `There is no evidence for commit ${commit}.`,
        remedy: 'Only commits that Airlock published have evidence; give the full commit id.',
      }
      const found = await store.inOrganisation(actor.organisation, async (tx) => {
        const evidence = await evidenceOf(tx, commit)
        const task = evidence && (await taskById(tx, evidence.task))
        return task && { bundle: evidence.bundle, ...(await placeOfTask(tx, task)) }
      })
      if (found === undefined) return refused(absent)
      const seen = { place: found.place, facts: found.facts, readBy: 'task.show' as const, absent }
      const permitted = await permitAt(workshop, actor, 'evidence.show', seen)
      return permitted.ok ? ok(found.bundle) : permitted
    },

    status: async (actor) => {
      const among = await seenProjects(workshop, actor, 'task.list')
      const counts = await store.inOrganisation(actor.organisation, (tx) => countTasks(tx, among))
      const of = (...states: readonly TaskState[]) =>
        states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0)
      return ok({
        version: facts.version,
        healthy: true,
        startedAt: facts.startedAt,
        tasks: {
          queued: of('queued'),
          active: of('preparing', 'running', 'checking', 'approved', 'publishing'),
          awaitingReview: of('awaiting_review'),
        },
        providers: (await workshop.providers.list()).length,
        host: [...(await facts.examineHost())],
      })
    },
  }
}

const PAGE = 500
/** What the column of their numbers can hold. */
const MOST_TASKS = 2 ** 31 - 1

/** Hands over each event once and in order, reading on whenever a notice says that there may be more. */
function follow(
  { store, onProblem }: Workshop,
  organisation: string,
  task: string,
  from: number,
  listener: Parameters<Application['subscribe']>[2],
): () => void {
  let seen = from
  let stopped = false
  let reading = Promise.resolve()
  const read = async () => {
    for (;;) {
      const events = await store.inOrganisation(organisation, (tx) => eventsAfter(tx, task, seen, PAGE))
      for (const event of events) {
        if (stopped) return
        seen = event.sequence
        listener(event)
      }
      if (events.length < PAGE) return
    }
  }
  const stop = store.onEvents((notice) => {
    if (notice !== undefined && notice.task !== task) return
    reading = reading.then(read).catch((cause: unknown) => onProblem('events could not be read', cause))
  })
  return () => {
    stopped = true
    stop()
  }
}

function badCursor() {
  return {
    code: 'invalid_input' as const,
    rule: 'request.cursor',
    message: 'The cursor is not one this list gave out.',
    remedy: 'Start without a cursor.',
  }
}
