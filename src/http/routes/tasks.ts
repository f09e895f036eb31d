import { z } from 'zod'
import { type EventPage, RetryRequest, TaskPage, TaskQuery, TaskReference } from '#contract/api.ts'
import type { TaskEvent } from '#contract/event.ts'
import { Task, TaskRequest } from '#contract/task.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { eventStream } from '../event-stream.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

export const TaskParams = z.strictObject({ task: TaskReference })

const DiffQuery = z.strictObject({
  patch: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional()
    .describe('The digest of an earlier patch'),
})

const EventQuery = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).describe('The last sequence the caller has'),
  limit: z.coerce.number().int().min(1).max(500).default(200),
})

export function taskRoutes(heartbeatMilliseconds: number): readonly Route[] {
  return [
    jsonRoute({
      method: 'post',
      path: '/v1/tasks',
      action: 'task.submit',
      place: 'within',
      summary: 'Ask for a change',
      body: TaskRequest,
      status: 201,
      reply: Task,
      run: ({ application, actor, body }) => application.submitTask(actor, body),
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/tasks',
      action: 'task.list',
      place: 'seen',
      summary: 'The tasks of this organisation, newest first; what gates said is with each task by itself',
      query: TaskQuery,
      reply: TaskPage,
      run: ({ application, actor, query }) => application.listTasks(actor, query),
    }),
    jsonRoute({
      method: 'get',
      path: '/v1/tasks/{task}',
      action: 'task.show',
      place: 'task',
      summary: 'One task with its attempts, patch and checks',
      params: TaskParams,
      reply: Task,
      run: ({ application, actor, params }) => application.getTask(actor, params.task),
    }),
    rawRoute({
      method: 'get',
      path: '/v1/tasks/{task}/diff',
      action: 'task.diff',
      place: 'task',
      summary: 'The exact bytes of the patch; `airlock-patch-digest` names them',
      params: TaskParams,
      query: DiffQuery,
      mediaTypes: ['text/x-diff'],
      run: async ({ application, actor, params, query }) => {
        const patch = await application.diffOf(actor, params.task, query.patch)
        if (!patch.ok) return patch
        // A patch is the agent's text: nothing may take it for a page or a script.
        const headers = { 'content-type': 'text/x-diff', 'airlock-patch-digest': patch.value.digest }
        return ok(new Response(new Uint8Array(patch.value.bytes), { headers }))
      },
    }),
    rawRoute({
      method: 'get',
      path: '/v1/tasks/{task}/events',
      action: 'task.watch',
      place: 'task',
      summary: 'What happened, as a page of JSON; as it happens, when asked for text/event-stream',
      params: TaskParams,
      query: EventQuery,
      mediaTypes: ['application/json', 'text/event-stream'],
      async run({ application, actor, params, query, context }) {
        const accept = context.req.header('accept') ?? ''
        if (!accept.includes('text/event-stream'))
          return eventPage(
            await application.eventsAfter(actor, params.task, query.after, query.limit),
            query.limit,
          )
        const resumed = context.req.header('last-event-id') ?? String(query.after)
        if (!/^\d{1,15}$/.test(resumed)) return refused(NOT_A_SEQUENCE)
        const after = Number(resumed)
        const isStillAllowed = context.get('isStillAllowed')
        const follow = { application, actor, task: params.task, after, heartbeatMilliseconds, isStillAllowed }
        return eventStream(context, follow)
      },
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/tasks/{task}/cancel',
      action: 'task.cancel',
      place: 'task',
      summary: 'Stop a task; what it made is kept',
      params: TaskParams,
      reply: Task,
      run: ({ application, actor, params }) => application.cancelTask(actor, params.task),
    }),
    jsonRoute({
      method: 'post',
      path: '/v1/tasks/{task}/retry',
      action: 'task.retry',
      place: 'task',
      summary: 'Begin another attempt in a new sandbox',
      params: TaskParams,
      body: RetryRequest,
      reply: Task,
      run: ({ application, actor, params, body }) => application.retryTask(actor, params.task, body),
    }),
  ]
}

const NOT_A_SEQUENCE: Failure = {
  code: 'invalid_input',
  message: 'Last-Event-ID is not the id of an event.',
  rule: 'request.header',
  remedy: 'Send the `id` of the last event you have, or leave the header out.',
}

function eventPage(events: Result<readonly TaskEvent[]>, limit: number): Result<Response> {
  if (!events.ok) return events
  const items = [...events.value]
  const last = items.at(-1)
  const next = items.length < limit || last === undefined ? undefined : String(last.sequence)
  const page: z.infer<typeof EventPage> = { items, ...(next === undefined ? {} : { next }) }
  return ok(Response.json(page))
}
