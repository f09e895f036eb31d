import { z } from 'zod'
import { NewShareLink, ShareLinkPage, ShareRequest } from '#contract/share.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'
import { TaskParams } from './tasks.ts'

/** Links that show one task to somebody without an account. What they open is not under /v1. */
export const shareRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/tasks/{task}/shares',
    action: 'share.list',
    place: 'task',
    summary: 'Links that show this task to whoever holds them',
    params: TaskParams,
    reply: ShareLinkPage,
    run: ({ application, actor, params }) => application.listShares(actor, params.task),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/shares',
    action: 'share.create',
    place: 'task',
    summary: 'Make a link that shows this task and nothing else, read-only, for at most a week',
    params: TaskParams,
    body: ShareRequest,
    status: 201,
    reply: NewShareLink,
    run: ({ application, actor, params, body }) => application.shareTask(actor, params.task, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/tasks/{task}/shares/{share}',
    action: 'share.revoke',
    place: 'task',
    summary: 'Take a link back; it counts at once',
    params: TaskParams.extend({ share: z.string().regex(/^shr_[0-9a-hjkmnp-tv-z]{20}$/, 'a shr_… id') }),
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.revokeShare(actor, params.task, params.share)),
  }),
]
