import { Inspection, InspectionRequest } from '#contract/preserved.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'
import { TaskParams } from './tasks.ts'

export const preservedRoutes: readonly Route[] = [
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/preserved/commands',
    action: 'sandbox.inspect',
    place: 'task',
    summary: 'Run a command over the kept workspace of a task, read-only and without a network',
    params: TaskParams,
    body: InspectionRequest,
    reply: Inspection,
    run: ({ application, actor, params, body }) => application.inspectPreserved(actor, params.task, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/tasks/{task}/preserved',
    action: 'sandbox.destroy',
    place: 'task',
    summary: 'Destroy the kept workspace of a task at once',
    params: TaskParams,
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.discardPreserved(actor, params.task)),
  }),
]
