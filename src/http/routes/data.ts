import { z } from 'zod'
import { Retention, TaskErasure } from '#contract/data.ts'
import { ok, type Result } from '#kernel/result.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'
import { TaskParams } from './tasks.ts'

const PersonParams = z.strictObject({
  person: z.string().regex(/^usr_[0-9a-hjkmnp-tv-z]{20}$/, 'a usr_… id'),
})

const LINES = 'application/x-ndjson'

/** What is kept: how long, to take along, and to be forgotten. */
export const dataRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/retention',
    action: 'retention.show',
    place: 'organisation',
    summary: 'How long this organisation keeps what was done',
    reply: Retention,
    run: ({ application, actor }) => application.retention(actor),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/retention',
    action: 'retention.set',
    place: 'organisation',
    summary: 'Say how long to keep what was done; what is older is erased within the hour',
    body: Retention,
    reply: Retention,
    current: ({ application, actor }) => application.retention(actor),
    run: ({ application, actor, body }) => application.setRetention(actor, body),
  }),
  rawRoute({
    method: 'get',
    path: '/v1/tasks/{task}/data',
    action: 'task.export',
    place: 'task',
    summary: 'Everything kept of a task, a JSON object in each line',
    params: TaskParams,
    mediaTypes: [LINES],
    run: async ({ application, actor, params }) => lines(await application.exportTask(actor, params.task)),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/tasks/{task}/data',
    action: 'task.erase',
    place: 'task',
    summary: 'Erase what a task at its end left behind; the audit log stays, and still verifies',
    params: TaskParams,
    query: TaskErasure,
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params, query }) =>
      noContent(await application.eraseTask(actor, params.task, query)),
  }),
  rawRoute({
    method: 'get',
    path: '/v1/people/{person}/data',
    action: 'person.export',
    place: 'organisation',
    summary: 'Everything kept of a person, a JSON object in each line',
    params: PersonParams,
    mediaTypes: [LINES],
    run: async ({ application, actor, params }) =>
      lines(await application.exportPerson(actor, params.person)),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/people/{person}/data',
    action: 'person.erase',
    place: 'organisation',
    summary: 'Erase who somebody was that had been removed; the audit log stays, and still verifies',
    params: PersonParams,
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.erasePerson(actor, params.person)),
  }),
]

function lines(bytes: Result<AsyncIterable<Uint8Array>>): Result<Response> {
  if (!bytes.ok) return bytes
  const body = ReadableStream.from<Uint8Array>(bytes.value)
  return ok(new Response(body, { headers: { 'content-type': LINES } }))
}
